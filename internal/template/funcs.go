package template

import (
	"errors"
	"fmt"
	"text/template"
	"text/template/parse"
)

// function is a function that templates may call.
type function struct {
	min, max int // of arguments; a negative max is any number
	call     func(args []any) (any, error)
}

// functions are those of text/template, without "and" and "or", which do not evaluate
// all of their arguments.
var functions = map[string]function{
	"call":     {1, -1, func(args []any) (any, error) { return nil, fmt.Errorf("%s is no function", kindOf(args[0])) }},
	"html":     {0, -1, func(args []any) (any, error) { return template.HTMLEscaper(args...), nil }},
	"js":       {0, -1, func(args []any) (any, error) { return template.JSEscaper(args...), nil }},
	"urlquery": {0, -1, func(args []any) (any, error) { return template.URLQueryEscaper(args...), nil }},
	"print":    {0, -1, func(args []any) (any, error) { return fmt.Sprint(args...), nil }},
	"println":  {0, -1, func(args []any) (any, error) { return fmt.Sprintln(args...), nil }},
	"printf":   {1, -1, printf},
	"index":    {1, -1, index},
	"slice":    {1, 4, slice},
	"len":      {1, 1, length},
	"not":      {1, 1, func(args []any) (any, error) { return !truth(args[0]), nil }},
	"eq":       {1, -1, func(args []any) (any, error) { return eq(args) }},
	"ne":       {2, 2, func(args []any) (any, error) { equal, err := eq(args); return !equal, err }},
	"lt":       {2, 2, func(args []any) (any, error) { return less(args) }},
	"le":       {2, 2, func(args []any) (any, error) { return lessOrEqual(args) }},
	"gt":       {2, 2, func(args []any) (any, error) { le, err := lessOrEqual(args); return !le, err }},
	"ge":       {2, 2, func(args []any) (any, error) { lt, err := less(args); return !lt, err }},
}

// names tells the parser which functions there are.
var names = func() map[string]any {
	all := map[string]any{"and": true, "or": true}
	for name := range functions {
		all[name] = true
	}
	return all
}()

// call calls a function with the arguments and then what is piped to it, if anything.
func (e *execution) call(dot any, at parse.Node, name string, nodes []parse.Node, piped []any) (any, error) {
	n := len(nodes) + len(piped)
	if name == "and" || name == "or" {
		if n == 0 {
			return nil, e.errorf(at, "wrong number of args for %s: want at least 1 got 0", name)
		}
		return e.choose(dot, name == "or", nodes, piped)
	}
	f := functions[name]
	switch {
	case f.max < 0 && n < f.min:
		return nil, e.errorf(at, "wrong number of args for %s: want at least %d got %d", name, f.min, n)
	case f.max >= 0 && (n < f.min || n > f.max):
		return nil, e.errorf(at, "wrong number of args for %s: want %d got %d", name, f.max, n)
	}
	args := make([]any, 0, n)
	for _, node := range nodes {
		value, err := e.argument(dot, node)
		if err != nil {
			return nil, err
		}
		args = append(args, value)
	}
	args = append(args, piped...)
	for i := range args {
		if args[i] == (absent{}) {
			args[i] = nil
		}
	}
	value, err := f.call(args)
	if err != nil {
		return nil, e.errorf(at, "error calling %s: %w", name, err)
	}
	return value, nil
}

// choose returns the first argument whose truth is as wanted, or else the last one. It
// evaluates none after that.
func (e *execution) choose(dot any, want bool, nodes []parse.Node, piped []any) (value any, err error) {
	for _, node := range nodes {
		value, err = e.argument(dot, node)
		if err != nil || truth(value) == want {
			return value, err
		}
	}
	if len(piped) > 0 {
		return piped[0], nil
	}
	return value, nil
}

func printf(args []any) (any, error) {
	format, ok := args[0].(string)
	if !ok {
		return nil, fmt.Errorf("the format is %s, not a string", kindOf(args[0]))
	}
	return fmt.Sprintf(format, args[1:]...), nil
}

// index is args[0][args[1]][args[2]]…
func index(args []any) (any, error) {
	item := args[0]
	if item == nil {
		return nil, errors.New("index of null")
	}
	for _, at := range args[1:] {
		switch v := item.(type) {
		case map[string]any:
			key, ok := at.(string)
			if !ok {
				return nil, fmt.Errorf("a key is a string, not %s", kindOf(at))
			}
			item = v[key]
		case []any:
			i, err := indexBelow(at, len(v))
			if err != nil {
				return nil, err
			}
			item = v[i]
		case string:
			i, err := indexBelow(at, len(v))
			if err != nil {
				return nil, err
			}
			item = v[i]
		default:
			return nil, fmt.Errorf("can't index %s", kindOf(item))
		}
	}
	return item, nil
}

// indexBelow returns an index as an int that is not negative and below n.
func indexBelow(at any, n int) (int, error) {
	i, ok := integer(at)
	if !ok {
		return 0, fmt.Errorf("cannot index with %s", kindOf(at))
	}
	if i < 0 || i >= n {
		return 0, fmt.Errorf("index out of range: %d", i)
	}
	return i, nil
}

// slice is args[0][args[1]:args[2]:args[3]], as far as there are arguments.
func slice(args []any) (any, error) {
	list, isList := args[0].([]any)
	s, isString := args[0].(string)
	if !isList && !isString {
		return nil, fmt.Errorf("can't slice %s", kindOf(args[0]))
	}
	if isString && len(args) == 4 {
		return nil, errors.New("cannot 3-index slice a string")
	}
	limit := len(s)
	bounds := [3]int{0, len(s), len(s)}
	if isList {
		limit = cap(list)
		bounds = [3]int{0, len(list), cap(list)}
	}
	for i, at := range args[1:] {
		bound, err := indexBelow(at, limit+1)
		if err != nil {
			return nil, err
		}
		bounds[i] = bound
	}
	for i := range 2 {
		if bounds[i] > bounds[i+1] {
			return nil, fmt.Errorf("invalid slice index: %d > %d", bounds[i], bounds[i+1])
		}
	}
	if isString {
		return s[bounds[0]:bounds[1]], nil
	}
	return list[bounds[0]:bounds[1]:bounds[2]], nil
}

func length(args []any) (any, error) {
	switch v := args[0].(type) {
	case string:
		return len(v), nil
	case []any:
		return len(v), nil
	case map[string]any:
		return len(v), nil
	}
	return nil, fmt.Errorf("len of %s", kindOf(args[0]))
}
