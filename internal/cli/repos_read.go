package cli

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// repoReading is one repository that is being read.
type repoReading[T any] struct {
	pieces chan T
	err    error // set before pieces is closed
}

// eachRepository reads repositories, as many at once as there are processors,
// and takes the pieces of each in the order of the repositories. A reader waits
// until its piece is taken: how many there are does not matter to the memory.
//
// An error of take ends it. Repositories that could not be read are returned.
func eachRepository[T any](ctx context.Context, o opening, repos []repository,
	read func(ctx context.Context, r repository, ws *workspace, send func(T) error) error,
	take func(repository, T) error,
) ([]repoFailure, error) {
	ctx, cancel := context.WithCancel(ctx)
	var (
		next    atomic.Int64
		workers sync.WaitGroup
	)
	defer workers.Wait()
	defer cancel()
	readings := make([]repoReading[T], len(repos))
	for i := range readings {
		readings[i].pieces = make(chan T)
	}
	readOne := func(i int) error {
		ws, err := openRepository(ctx, o, repos[i].dir)
		if err != nil {
			return err
		}
		defer ws.close()
		return read(ctx, repos[i], ws, func(piece T) error {
			select {
			case readings[i].pieces <- piece:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}
	for range min(runtime.GOMAXPROCS(0), len(repos)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(repos); i = int(next.Add(1)) - 1 {
				if readings[i].err = ctx.Err(); readings[i].err == nil {
					readings[i].err = readOne(i)
				}
				close(readings[i].pieces)
			}
		})
	}
	progress := o.share("repositories")
	var failures []repoFailure
	for i := range readings {
		for piece := range readings[i].pieces {
			if err := take(repos[i], piece); err != nil {
				return failures, err
			}
		}
		switch {
		case ctx.Err() != nil:
			return failures, ctx.Err()
		case readings[i].err != nil:
			failures = append(failures, repoFailure{repos[i].name, readings[i].err})
		}
		if progress != nil {
			progress(i+1, len(repos))
		}
	}
	return failures, nil
}
