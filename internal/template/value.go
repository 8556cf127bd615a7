package template

import (
	"strings"
	"text/template/parse"
)

// pipeline returns the value of a pipeline and sets the variables that it declares.
func (e *execution) pipeline(dot any, pipe *parse.PipeNode) (any, error) {
	if pipe == nil {
		return absent{}, nil
	}
	var piped []any // the value of the command before
	for _, cmd := range pipe.Cmds {
		value, err := e.command(dot, cmd, piped)
		if err != nil {
			return nil, err
		}
		if value == nil {
			value = absent{}
		}
		piped = []any{value}
	}
	value := piped[0]
	for _, v := range pipe.Decl {
		if !pipe.IsAssign {
			e.vars = append(e.vars, variable{v.Ident[0], value})
		} else if err := e.assign(v, value); err != nil {
			return nil, err
		}
	}
	return value, nil
}

// command returns the value of a command, to which the one before has piped a value
// or none.
func (e *execution) command(dot any, cmd *parse.CommandNode, piped []any) (any, error) {
	first, args := cmd.Args[0], cmd.Args[1:]
	hasArgs := len(args)+len(piped) > 0
	switch n := first.(type) {
	case *parse.IdentifierNode:
		return e.call(dot, cmd, n.Ident, args, piped)
	case *parse.FieldNode:
		return e.fields(n, dot, n.Ident, hasArgs)
	case *parse.ChainNode:
		return e.chain(dot, n, hasArgs)
	case *parse.VariableNode:
		if len(n.Ident) > 1 {
			return e.variable(n, hasArgs)
		}
	}
	if hasArgs {
		return nil, e.errorf(first, "can't give argument to non-function %s", first)
	}
	if first.Type() == parse.NodeNil {
		return nil, e.errorf(first, "nil is not a command")
	}
	return e.argument(dot, first)
}

// argument returns the value of a node that stands alone or is given to a function.
func (e *execution) argument(dot any, node parse.Node) (any, error) {
	switch n := node.(type) {
	case *parse.DotNode:
		return dot, nil
	case *parse.NilNode:
		return nil, nil
	case *parse.BoolNode:
		return n.True, nil
	case *parse.StringNode:
		return n.Text, nil
	case *parse.NumberNode:
		return e.number(n)
	case *parse.PipeNode:
		return e.pipeline(dot, n)
	case *parse.FieldNode:
		return e.fields(n, dot, n.Ident, false)
	case *parse.ChainNode:
		return e.chain(dot, n, false)
	case *parse.VariableNode:
		return e.variable(n, false)
	case *parse.IdentifierNode:
		return e.call(dot, n, n.Ident, nil, nil)
	}
	return nil, e.errorf(node, "can't evaluate command %q", node)
}

// number returns a constant as the type that it looks like: int, float64 or complex128.
func (e *execution) number(n *parse.NumberNode) (any, error) {
	isHex := len(n.Text) > 2 && strings.EqualFold(n.Text[:2], "0x") && !strings.ContainsAny(n.Text, "pP")
	switch {
	case n.IsComplex:
		return n.Complex128, nil
	case n.IsFloat && !isHex && n.Text[0] != '\'' && strings.ContainsAny(n.Text, ".eEpP"):
		return n.Float64, nil
	case n.IsInt && int64(int(n.Int64)) == n.Int64:
		return int(n.Int64), nil
	}
	return nil, e.errorf(n, "%s overflows int", n.Text)
}

// variable returns the value of a variable, or the fields of it that are named.
func (e *execution) variable(n *parse.VariableNode, hasArgs bool) (any, error) {
	v, err := e.lookup(n)
	if err != nil {
		return nil, err
	}
	return e.fields(n, v.value, n.Ident[1:], hasArgs)
}

// chain returns the fields of a pipeline in parentheses, or of a function.
func (e *execution) chain(dot any, n *parse.ChainNode, hasArgs bool) (any, error) {
	value, err := e.argument(dot, n.Node)
	if err != nil {
		return nil, err
	}
	return e.fields(n, value, n.Field, hasArgs)
}

// fields goes down from a value by the names of fields. What an absent value holds is
// absent too. It is an error to give arguments to a field.
func (e *execution) fields(at parse.Node, value any, names []string, hasArgs bool) (any, error) {
	for i, name := range names {
		switch v := value.(type) {
		case absent:
			return absent{}, nil
		case nil:
			return nil, e.errorf(at, "can't evaluate field %s in null", name)
		case map[string]any:
			if hasArgs && i == len(names)-1 {
				return nil, e.errorf(at, "%s has arguments, but is no function", name)
			}
			field, ok := v[name]
			if !ok {
				field = absent{}
			}
			value = field
		default:
			return nil, e.errorf(at, "can't evaluate field %s in %s", name, kindOf(value))
		}
	}
	return value, nil
}
