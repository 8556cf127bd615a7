package agent

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// errNoMessage is for an input that the protocol does not know how to go on with.
var errNoMessage = errors.New("what came on standard input is no message of the Model Context Protocol; a client starts handoff mcp and speaks to it")

// inTurn is a transport that has each call answered before the next message is read: a
// client may send several at once, and the second reads what the first writes. The end
// of the input waits as well, so that what was asked for is done and answered.
type inTurn struct{ mcp.Transport }

func (t inTurn) Connect(ctx context.Context) (mcp.Connection, error) {
	connection, err := t.Transport.Connect(ctx)
	if err != nil {
		return nil, err
	}
	c := &turns{Connection: connection, turn: make(chan struct{}, 1), closed: make(chan struct{})}
	c.done()
	return c, nil
}

// turns is a connection of [inTurn].
type turns struct {
	mcp.Connection
	turn   chan struct{} // holds one while no call waits for its answer
	once   sync.Once
	closed chan struct{}
}

func (c *turns) Read(ctx context.Context) (jsonrpc.Message, error) {
	select {
	case <-c.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-c.closed:
		return nil, io.EOF
	}
	message, err := c.Connection.Read(ctx)
	if request, ok := message.(*jsonrpc.Request); err != nil || !ok || !request.IsCall() {
		c.done()
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, io.EOF) {
		err = errNoMessage
	}
	return message, err
}

func (c *turns) Write(ctx context.Context, message jsonrpc.Message) error {
	if _, ok := message.(*jsonrpc.Response); ok {
		defer c.done()
	}
	return c.Connection.Write(ctx, message)
}

func (c *turns) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Connection.Close()
}

// done lets the next message be read.
func (c *turns) done() {
	select {
	case c.turn <- struct{}{}:
	default:
	}
}

// noListening refuses the one call that is answered at the end of a session only: what
// this server has does not change.
func noListening(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, request mcp.Request) (mcp.Result, error) {
		if method == "subscriptions/listen" {
			return nil, &jsonrpc.Error{Code: jsonrpc.CodeMethodNotFound, Message: "nothing changes here that could be listened to"}
		}
		return next(ctx, method, request)
	}
}
