// Package template executes templates of text/template over JSON.
//
// It parses with the parser of text/template and gives what text/template gives
// for data that encoding/json has decoded into an any. What it leaves out is the
// calling of methods, which such data has not. A program that can call a method by
// a name that it learns when it runs must be linked with every method of every
// type: that is a sixth of this one.
package template

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template/parse"
)

// maxDepth is how deep templates may call each other.
const maxDepth = 100_000

// How a range is left before its end.
var (
	errBreak    = errors.New("break")
	errContinue = errors.New("continue")
)

// absent is the value of a key that is not there. A null is nil, and becomes absent
// at the end of a pipeline: {{.a.b}} is refused where a is null, {{(.a).b}} is absent.
type absent struct{}

// Execute returns what the template text makes of data: nil, bool, float64, string,
// []any or map[string]any. The name stands for the template in errors, which begin
// with it and the line. That of a context that has ended is returned as it is.
func Execute(ctx context.Context, name, text string, data any) (string, error) {
	trees, err := parse.Parse(name, text, "", "", names)
	if err != nil {
		return "", errors.New(strings.TrimPrefix(err.Error(), "template: "))
	}
	var out strings.Builder
	e := execution{ctx: ctx, trees: trees, tree: trees[name], out: &out, vars: []variable{{"$", data}}}
	if err := e.list(data, e.tree.Root); err != nil {
		return "", err
	}
	return out.String(), nil
}

// execution is the state of one template that is being executed.
type execution struct {
	ctx   context.Context
	trees map[string]*parse.Tree
	tree  *parse.Tree // of the template
	depth int         // of templates that call templates
	out   *strings.Builder
	vars  []variable // the innermost last
}

type variable struct {
	name  string
	value any
}

// errorf is an error at a node, with the place of the node before it.
func (e *execution) errorf(at parse.Node, format string, args ...any) error {
	place, node := e.tree.ErrorContext(at)
	return fmt.Errorf("%s: executing %q at <%s>: %w", place, e.tree.Name, node, fmt.Errorf(format, args...))
}

// list executes nodes, one after the other. The error may be errBreak or errContinue.
func (e *execution) list(dot any, list *parse.ListNode) error {
	if list == nil {
		return nil
	}
	if err := e.ctx.Err(); err != nil {
		return err
	}
	for _, node := range list.Nodes {
		if err := e.node(dot, node); err != nil {
			return err
		}
	}
	return nil
}

func (e *execution) node(dot any, node parse.Node) error {
	switch node := node.(type) {
	case *parse.TextNode:
		e.out.Write(node.Text)
		return nil
	case *parse.CommentNode:
		return nil
	case *parse.ActionNode:
		value, err := e.pipeline(dot, node.Pipe)
		if err != nil || len(node.Pipe.Decl) > 0 {
			return err
		}
		fmt.Fprint(e.out, printable(value))
		return nil
	case *parse.IfNode:
		return e.branch(dot, &node.BranchNode)
	case *parse.WithNode:
		return e.branch(dot, &node.BranchNode)
	case *parse.RangeNode:
		return e.rangeOver(dot, node)
	case *parse.BreakNode:
		return errBreak
	case *parse.ContinueNode:
		return errContinue
	case *parse.TemplateNode:
		return e.template(dot, node)
	}
	return e.errorf(node, "unknown node: %s", node)
}

// branch executes an if or a with.
func (e *execution) branch(dot any, b *parse.BranchNode) error {
	defer e.forget(len(e.vars))
	value, err := e.pipeline(dot, b.Pipe)
	switch {
	case err != nil:
		return err
	case !truth(value):
		return e.list(dot, b.ElseList)
	case b.NodeType == parse.NodeWith:
		return e.list(value, b.List)
	}
	return e.list(dot, b.List)
}

// rangeOver executes a range over a list, an object in the order of its keys, or the
// numbers below an integer.
func (e *execution) rangeOver(dot any, r *parse.RangeNode) error {
	defer e.forget(len(e.vars))
	over, err := e.pipeline(dot, r.Pipe)
	if err != nil {
		return err
	}
	body := len(e.vars)
	ran := false
	iterate := func(key, value any) error {
		ran = true
		if err := e.setRange(r.Pipe, body, key, value); err != nil {
			return err
		}
		err := e.list(value, r.List)
		e.forget(body)
		if errors.Is(err, errContinue) {
			return nil
		}
		return err
	}
	switch over := over.(type) {
	case absent:
	case []any:
		for i := 0; i < len(over) && err == nil; i++ {
			err = iterate(i, over[i])
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(over)) {
			if err = iterate(key, over[key]); err != nil {
				break
			}
		}
	case int, byte:
		n, _ := integer(over)
		if len(r.Pipe.Decl) > 1 {
			return e.errorf(r.Pipe, "can't use %v to iterate over more than one variable", n)
		}
		for i := 0; i < n && err == nil; i++ {
			if _, isByte := over.(byte); isByte {
				err = iterate(absent{}, byte(i))
			} else {
				err = iterate(absent{}, i)
			}
		}
	default:
		return e.errorf(r.Pipe, "range can't iterate over %s", kindOf(over))
	}
	if errors.Is(err, errBreak) {
		return nil
	}
	if err == nil && !ran {
		return e.list(dot, r.ElseList)
	}
	return err
}

// setRange sets the variables of a range, of which the last takes the value. Those
// that it declares lie below body.
func (e *execution) setRange(pipe *parse.PipeNode, body int, key, value any) error {
	values := []any{key, value}[2-min(len(pipe.Decl), 2):]
	for i, v := range values {
		if !pipe.IsAssign {
			e.vars[body-len(values)+i].value = v
		} else if err := e.assign(pipe.Decl[i], v); err != nil {
			return err
		}
	}
	return nil
}

// template executes a template that another one calls, which sees none of its variables.
func (e *execution) template(dot any, t *parse.TemplateNode) error {
	tree := e.trees[t.Name]
	if tree == nil {
		return e.errorf(t, "template %q not defined", t.Name)
	}
	if e.depth == maxDepth {
		return e.errorf(t, "exceeded maximum template depth (%v)", maxDepth)
	}
	dot, err := e.pipeline(dot, t.Pipe)
	if err != nil {
		return err
	}
	called := execution{ctx: e.ctx, trees: e.trees, tree: tree, depth: e.depth + 1, out: e.out, vars: []variable{{"$", dot}}}
	return called.list(dot, tree.Root)
}

// forget leaves the scope of the variables above the first n.
func (e *execution) forget(n int) { e.vars = e.vars[:n] }

// lookup finds the innermost variable of the name that a node begins with. The parser
// knows that it is declared, but not whether that has been executed.
func (e *execution) lookup(n *parse.VariableNode) (*variable, error) {
	for i := len(e.vars) - 1; i >= 0; i-- {
		if e.vars[i].name == n.Ident[0] {
			return &e.vars[i], nil
		}
	}
	return nil, e.errorf(n, "undefined variable: %s", n.Ident[0])
}

func (e *execution) assign(to *parse.VariableNode, value any) error {
	v, err := e.lookup(to)
	if err == nil {
		v.value = value
	}
	return err
}
