package guard

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// maxEvent bounds the file in which a runner describes the event.
const maxEvent = 32 << 20

// ReadEvent reads the file in which a runner describes the event.
func ReadEvent(service Service, getenv func(string) string) ([]byte, error) {
	name := getenv("GITHUB_EVENT_PATH")
	if name == "" || service != GitHub && service != Gitea {
		return nil, nil
	}
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxEvent+1))
	if len(data) > maxEvent {
		err = fmt.Errorf("GITHUB_EVENT_PATH: more than %d bytes", maxEvent)
	}
	return data, err
}
