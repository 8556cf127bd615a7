package template

import (
	"cmp"
	"errors"
	"fmt"
)

// truth reports whether a value is neither absent nor the zero of its type.
func truth(value any) bool {
	switch v := value.(type) {
	case bool:
		return v
	case int:
		return v != 0
	case byte:
		return v != 0
	case float64:
		return v != 0
	case complex128:
		return v != 0
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return false
}

// printable returns a value as fmt prints it.
func printable(value any) any {
	if value == (absent{}) {
		return "<no value>"
	}
	return value
}

// integer returns a whole number, which is one that the template names or counts: those
// of JSON are float64.
func integer(value any) (int, bool) {
	switch v := value.(type) {
	case int:
		return v, true
	case byte:
		return int(v), true
	}
	return 0, false
}

// kindOf names the kind of a value, for errors.
func kindOf(value any) string {
	switch value.(type) {
	case bool:
		return "a boolean"
	case int, byte:
		return "an integer"
	case float64:
		return "a floating-point number" // as are all numbers of JSON
	case complex128:
		return "a complex number"
	case string:
		return "a string"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return "null"
}

// eq reports whether the first argument is one of the others. Nothing but null equals
// null, and lists and objects cannot be compared with anything else.
func eq(args []any) (bool, error) {
	if len(args) < 2 {
		return false, errors.New("missing argument for comparison")
	}
	for _, arg := range args[1:] {
		equal := arg == nil && args[0] == nil
		if arg != nil && args[0] != nil {
			if err := sameKind(args[0], arg); err != nil {
				return false, err
			}
			equal = plain(args[0]) == plain(arg)
		}
		if equal {
			return true, nil
		}
	}
	return false, nil
}

// sameKind returns an error unless two values are of one kind, and no lists or objects.
func sameKind(a, b any) error {
	if kindOf(a) != kindOf(b) {
		return fmt.Errorf("incompatible types for comparison: %s and %s", kindOf(a), kindOf(b))
	}
	switch a.(type) {
	case nil, []any, map[string]any:
		return fmt.Errorf("invalid type for comparison: %s", kindOf(a))
	}
	return nil
}

// plain returns a value so that == compares integers of both types.
func plain(value any) any {
	if i, ok := integer(value); ok {
		return i
	}
	return value
}

// less reports whether the first of two numbers or strings is less than the second.
func less(args []any) (bool, error) {
	if err := sameKind(args[0], args[1]); err != nil {
		return false, err
	}
	switch a := plain(args[0]).(type) {
	case int:
		return cmp.Less(a, plain(args[1]).(int)), nil
	case float64:
		return a < args[1].(float64), nil
	case string:
		return a < args[1].(string), nil
	}
	return false, fmt.Errorf("invalid type for comparison: %s", kindOf(args[0]))
}

func lessOrEqual(args []any) (bool, error) {
	if lt, err := less(args); lt || err != nil {
		return lt, err
	}
	return eq(args)
}
