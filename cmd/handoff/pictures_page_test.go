//go:build unix

package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// The pictures of the page are of the page that the program draws now: each says by its
// digest of which. Where there is a browser, -update takes them anew.
func TestPicturesOfThePage(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	s.run("git", "remote", "add", "origin", "https://github.com/acme/payments.git")
	s.until("ben", "2025-03-06T10:05:00Z")
	page := filepath.Join(t.TempDir(), "page.html")
	s.run("handoff", "report", "-o", page)
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(html)
	for _, scheme := range []string{"light", "dark"} {
		name := "report-" + scheme + ".png"
		file := filepath.Join(pictures, name)
		if *update {
			if err := os.WriteFile(file, signed(taken(t, page, scheme), hex.EncodeToString(digest[:])), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		picture, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := png.Decode(bytes.NewReader(picture)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(picture) > 150<<10 {
			t.Errorf("%s has %d bytes", name, len(picture))
		}
		if !bytes.Contains(picture, []byte(ofPage+hex.EncodeToString(digest[:]))) {
			t.Errorf("%s shows another page than the program draws now: .ci/pictures takes it anew", name)
		}
	}
}

// ofPage stands before the digest of a page in a picture of it: the keyword of a text.
const ofPage = "Source\x00sha256:"

// signed is a PNG with a text that says of which page it is, behind its first chunk.
func signed(picture []byte, digest string) []byte {
	const first = 8 + 4 + 4 + 13 + 4 // the signature, and IHDR
	text := append([]byte("tEXt"), ofPage+digest...)
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(text)-4))
	chunk = append(chunk, text...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(text))
	return slices.Concat(picture[:first], chunk, picture[first:])
}

// taken is a picture of what a page shows first, in the 256 colours that it has most of.
func taken(t *testing.T, page, scheme string) []byte {
	t.Helper()
	modules, chromium := browser(t)
	file := filepath.Join(t.TempDir(), "page.png")
	cmd := exec.Command("node", "testdata/browser/shot.mjs", modules, chromium, page, file, scheme, "1240", "1010")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	few := image.NewPaletted(all.Bounds(), mostUsed(all, 256))
	draw.Draw(few, few.Bounds(), all, image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// mostUsed are the n colours that an image has most of.
func mostUsed(m image.Image, n int) color.Palette {
	count := make(map[color.RGBA]int)
	for y := m.Bounds().Min.Y; y < m.Bounds().Max.Y; y++ {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x++ {
			count[color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var p color.Palette
	for _, c := range colours[:min(n, len(colours))] {
		p = append(p, c)
	}
	return p
}
