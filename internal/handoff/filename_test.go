package handoff

import (
	"testing"
	"time"
)

func TestParseFileNameReadsName(t *testing.T) {
	r := New("k3f9q2m7", time.Date(2026, 11, 20, 18, 2, 11, 0, time.FixedZone("", 8*3600)), "ana.b-c", &Handoff{})
	got, ok := ParseFileName(r.Name())
	if want := (FileName{At: r.At.UTC(), Kind: KindHandoff, By: "ana.b-c", ID: "k3f9q2m7"}); !ok || got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestParseFileNameRefuses(t *testing.T) {
	for _, name := range []string{
		"", "config.yaml", "2026/11/20/100211Z-handoff-ana-k3f9q2m7.yml", "2026/13/20/100211Z-handoff-ana-k3f9q2m7.yaml",
		"2026/11/20/100211Z-handoff-ana-k3f9q2mi.yaml", "2026/11/20/100211Z-handoff-con-k3f9q2m7.yaml",
		"x/2026/11/20/100211Z-handoff-ana-k3f9q2m7.yaml", "2026/11/20/100211Z-handoff--k3f9q2m7.yaml",
	} {
		if got, ok := ParseFileName(name); ok {
			t.Errorf("%q: %+v", name, got)
		}
	}
}
