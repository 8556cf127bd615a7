package store

import (
	"bufio"
	"compress/zlib"
	"errors"
	"io"
)

// inflater decompresses zlib streams, one after the other, into fresh slices.
type inflater struct {
	in *bufio.Reader
	z  io.ReadCloser
}

// maxInflation bounds how many bytes DEFLATE makes of one.
const maxInflation = 1032

// start begins to decompress what r gives.
func (f *inflater) start(r io.Reader) (err error) {
	if f.z == nil {
		f.in = bufio.NewReader(r)
		f.z, err = zlib.NewReader(f.in)
		return err
	}
	f.in.Reset(r)
	return f.z.(zlib.Resetter).Reset(f.in, nil)
}

// finish returns head and the bytes that follow it, size in all, after which
// the stream must end with a correct checksum.
func (f *inflater) finish(head []byte, size int64) ([]byte, error) {
	if int64(len(head)) > size {
		return nil, errLongStream
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(f.z, data[copy(data, head):]); err != nil {
		return nil, noEOF(err)
	}
	var more [1]byte
	switch n, err := io.ReadFull(f.z, more[:]); {
	case n > 0:
		return nil, errLongStream
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	return data, nil
}

var (
	errLongStream  = errors.New("compressed data are longer than declared")
	errShortStream = errors.New("compressed data are too short for the declared size")
)

// noEOF makes an end of file that came too early recognisable as such.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// checkInflation refuses a size that n compressed bytes cannot hold, before
// memory is taken for it.
func checkInflation(size, n int64) error {
	if size < 0 || size/maxInflation > n {
		return errShortStream
	}
	return nil
}
