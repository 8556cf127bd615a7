package git

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/git/gittest"
)

// TestRangeUnderClockSkew compares ranges of random histories, whose dates say
// nothing about what came first, with what the parents say.
func TestRangeUnderClockSkew(t *testing.T) {
	r := gittest.New(t)
	random := rand.New(rand.NewPCG(7, 7))
	for history := range 40 {
		g := randomHistory(random, 4+random.IntN(60))
		g.hashes = importHistory(r, fmt.Sprintf("h%d-", history), g)
		repo := mustOpen(r)
		for range 12 {
			head, bases := random.IntN(len(g.parents)), []int{random.IntN(len(g.parents))}
			if random.IntN(3) == 0 {
				bases = append(bases, random.IntN(len(g.parents)))
			}
			var args []string
			for _, base := range bases {
				args = append(args, g.hashes[base])
			}
			commits, err := repo.Range(context.Background(), g.hashes[head], args...)
			if err != nil {
				t.Fatal(err)
			}
			g.check(t, head, bases, commits)
		}
	}
}

// skewedHistory is commits by their numbers, parents before children.
type skewedHistory struct {
	parents [][]int
	dates   []int
	hashes  []string
}

func randomHistory(random *rand.Rand, n int) *skewedHistory {
	g := new(skewedHistory)
	const year = 365 * 24 * 3600
	for i := range n {
		var parents []int
		for range min(i, []int{1, 1, 1, 2, 3}[random.IntN(5)]) {
			if parent := max(0, i-1-random.IntN(4)); !slices.Contains(parents, parent) {
				parents = append(parents, parent)
			}
		}
		date := 1_700_000_000 + i*3600
		switch random.IntN(6) {
		case 0:
			date -= random.IntN(20 * year)
		case 1:
			date += random.IntN(20 * year)
		}
		g.parents, g.dates = append(g.parents, parents), append(g.dates, date)
	}
	return g
}

// importHistory makes the commits and returns their hashes.
func importHistory(r *gittest.Repo, prefix string, g *skewedHistory) []string {
	r.T.Helper()
	var b strings.Builder
	for i, parents := range g.parents {
		fmt.Fprintf(&b, "reset refs/heads/%s%d\ncommit refs/heads/%[1]s%[2]d\nmark :%d\ncommitter A <a@example.com> %d +0000\ndata 0\n", prefix, i, i+1, g.dates[i])
		for n, parent := range parents {
			fmt.Fprintf(&b, "%s :%d\n", []string{"from", "merge", "merge"}[n], parent+1)
		}
	}
	cmd := exec.Command("git", "fast-import", "--quiet")
	cmd.Dir, cmd.Env, cmd.Stdin = r.Dir, r.Env, strings.NewReader(b.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		r.T.Fatalf("git fast-import: %v\n%s", err, out)
	}
	hashes := make([]string, len(g.parents))
	for line := range strings.SplitSeq(r.Git("for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads/"+prefix+"*"), "\n") {
		name, hash, _ := strings.Cut(line, " ")
		var i int
		fmt.Sscan(strings.TrimPrefix(name, prefix), &i)
		hashes[i] = hash
	}
	return hashes
}

// check compares a range with what the parents say.
func (g *skewedHistory) check(t *testing.T, head int, bases []int, commits []CommitInfo) {
	t.Helper()
	in, out := g.reached(head), g.reached(bases...)
	var want []string
	for i, hash := range g.hashes {
		if in[i] && !out[i] {
			want = append(want, hash)
		}
	}
	var got []string
	for _, c := range commits {
		for _, parent := range c.Parents {
			if slices.Contains(want, parent) && !slices.Contains(got, parent) {
				t.Errorf("%d ^%v: %s comes before its parent", head, bases, c.Hash)
			}
		}
		got = append(got, c.Hash)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d ^%v of %v at %v: %d commits, want %d", head, bases, g.parents, g.dates, len(got), len(want))
	}
}

// reached reports what some commits reach, themselves included.
func (g *skewedHistory) reached(from ...int) map[int]bool {
	met := map[int]bool{}
	for len(from) > 0 {
		i := from[len(from)-1]
		from = from[:len(from)-1]
		if !met[i] {
			met[i] = true
			from = append(from, g.parents[i]...)
		}
	}
	return met
}

// TestRangeOfManyBranches has more branches than are looked for together, all
// older than the base that has merged half of them.
func TestRangeOfManyBranches(t *testing.T) {
	const branches = 150
	g := &skewedHistory{parents: [][]int{nil}, dates: []int{1_700_000_000}}
	add := func(date int, parents ...int) int {
		g.parents, g.dates = append(g.parents, parents), append(g.dates, date)
		return len(g.parents) - 1
	}
	head, base := 0, 0
	for i := range branches {
		branch := add(1_800_000_000+i, 0)
		head = add(1_700_000_000+i, head, branch)
		if i%2 == 0 {
			base = add(1_600_000_000-i, base, branch)
		}
	}
	for i := range 20 {
		base = add(1_500_000_000-i, base)
	}
	r := gittest.New(t)
	g.hashes = importHistory(r, "", g)
	commits, err := mustOpen(r).Range(context.Background(), g.hashes[head], g.hashes[base])
	if err != nil {
		t.Fatal(err)
	}
	g.check(t, head, []int{base}, commits)
	if out := strings.Fields(r.Git("rev-list", g.hashes[head], "^"+g.hashes[base])); len(out) == len(commits) {
		t.Error("git is not misled: the test shows nothing")
	}
}
