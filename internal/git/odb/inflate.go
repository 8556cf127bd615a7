package odb

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/zlib"
)

// inflater decompresses zlib streams, one after the other, into fresh slices.
type inflater struct {
	raw brief
	in  *bufio.Reader
	z   io.ReadCloser
}

// brief reads no more than it was told at first: most streams are much shorter
// than the buffer in front of them.
type brief struct {
	io.Reader
	first int64
}

func (b *brief) Read(p []byte) (int, error) {
	if b.first > 0 {
		p, b.first = p[:min(int64(len(p)), b.first)], 0
	}
	return b.Reader.Read(p)
}

// maxInflation bounds how many bytes DEFLATE makes of one.
const maxInflation = 1032

// start begins to decompress what r gives, about size bytes.
func (f *inflater) start(r io.Reader, size int64) (err error) {
	const frame = 64 // of zlib and DEFLATE around bytes that cannot be compressed
	f.raw = brief{r, max(size, 0) + frame}
	if f.z == nil {
		f.in = bufio.NewReader(&f.raw)
		f.z, err = zlib.NewReader(f.in)
		return err
	}
	f.in.Reset(&f.raw)
	return f.z.(zlib.Resetter).Reset(f.in, nil)
}

// finish returns head and the bytes that follow it, size in all, after which
// the stream must end with a correct checksum.
func (f *inflater) finish(head []byte, size int64) ([]byte, error) {
	if int64(len(head)) > size {
		return nil, errLongStream
	}
	data := make([]byte, size)
	return f.fill(data, copy(data, head))
}

// fill decompresses the rest of data, of which so many bytes are known, and
// returns it. There the stream must end with a correct checksum.
func (f *inflater) fill(data []byte, known int) ([]byte, error) {
	if _, err := io.ReadFull(f.z, data[known:]); err != nil {
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
