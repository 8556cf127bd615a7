package git

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// This file says which refs are read, and how much what they hold counts. Anybody
// can have a branch fetched: that of a pull request, or of a fork. So there are
// the branches of the team, and those of strangers, which are foreign.

// Scope says whose records are read. The zero Scope is HEAD, the local branches
// and the branches of the remote that the default branch follows; of what is
// foreign, the records that the user committed.
type Scope struct {
	Current bool     // HEAD and Records alone
	Records string   // the branch of records, "" for none
	Revs    []string // these revisions alone
	Foreign bool     // foreign branches as well

	// Mine are the addresses of the user's commits. Those of Roster are as well,
	// unless HEAD is foreign: they are from its own configuration.
	Mine, Roster []string
}

// The ranks of refs: of two contents under one id, that of the lower rank
// counts. What a remote has of a branch goes before what is only here, as that
// is what everybody else has.
const (
	rankDefault     = iota - 4 // the default branch, as its remote has it
	rankDefaultHere            // and as it is here
	rankRecords                // the same for the branch of records
	rankRecordsHere
	rankBranch // any other branch
	rankForeign
)

// Refs returns the tips in scope, those first that count most: the default
// branch, the branch of records, HEAD, then local and remote-tracking branches,
// each by name, then the foreign ones; of named revisions, what counts the same
// in the order in which they were named. Of several tips at one commit only the
// first is returned. A tip that cannot be read has Err set, unless it is a foreign
// one that nobody asked for.
func (r *Repo) Refs(ctx context.Context, scope Scope) ([]Ref, error) {
	head, err := r.Head()
	if err != nil && scope.Current {
		return nil, err
	}
	branches, listErr := r.ListRefs("refs/heads/", "refs/remotes/")
	if listErr != nil {
		return nil, listErr
	}
	at := Ref{Name: cmp.Or(head.Ref, "HEAD"), Hash: head.Hash, Err: err}
	j, err := r.newRefJudge(scope, at, branches)
	if err != nil {
		return nil, err
	}
	for i := range branches {
		j.judge(&branches[i])
	}
	at = j.head(at, branches)
	if len(scope.Revs) > 0 {
		return inOrder(named(r.namedRefs(ctx, scope.Revs), at, branches)), nil
	}
	refs := make([]Ref, 0, len(branches)+1)
	if at.Err != nil || at.Hash != "" {
		refs = append(refs, at)
	}
	for _, ref := range branches {
		switch {
		case ref.Name == at.Name, ref.Only != nil && ref.Err != nil:
		case scope.Current && (ref.Foreign || !isBranch(ref.Name, scope.Records)):
		default:
			refs = append(refs, ref)
		}
	}
	return inOrder(refs), nil
}

// inOrder puts refs in the order of their ranks, one for each commit.
func inOrder(refs []Ref) []Ref {
	if byRank := func(a, b Ref) int { return cmp.Compare(a.Rank, b.Rank) }; !slices.IsSortedFunc(refs, byRank) {
		slices.SortStableFunc(refs, byRank)
	}
	return Distinct(refs)
}

// refJudge says whose a ref is.
type refJudge struct {
	repo      *Repo
	config    Config
	scope     Scope
	user      *User // the user, as far as scope says
	branches  map[string]followed
	remote    string // whose branches are read
	refspecs  []refspec
	ranks     map[string]int // of the default branch and the branch of records, by full name
	mailmapAt string         // the commit whose .mailmap is believed
	mailmap   *mailmap       // nil until somebody asks
}

// newRefJudge finds out what the default branch is, whom it follows, and whether
// HEAD, a ref that may have no value, is foreign.
func (r *Repo) newRefJudge(scope Scope, head Ref, refs []Ref) (*refJudge, error) {
	c, err := r.LoadConfig()
	if err != nil {
		return nil, err
	}
	remotes, err := r.Remotes()
	if err != nil {
		return nil, err
	}
	j := &refJudge{repo: r, config: c, scope: scope, refspecs: fetchRefspecs(c), branches: followedBranches(c), ranks: make(map[string]int)}
	likely := likelyRemote(remotes)
	branch := j.defaultBranch(likely, refs)
	j.remote = j.branches[branch].remote
	if !slices.Contains(remotes, j.remote) {
		j.remote = likely
	}
	j.rank(scope.Records, rankRecords)
	j.rank(branch, rankDefault)
	for name, rank := range j.ranks {
		if pos, ok := searchRef(refs, name); ok && rank <= rankDefaultHere && (j.mailmapAt == "" || rank == rankDefault) {
			j.mailmapAt = refs[pos].Hash
		}
	}
	j.scope.Roster = nil
	if j.judge(&head); !head.Foreign {
		j.scope.Roster = scope.Roster
	}
	j.user = newUser(j)
	return j, nil
}

// defaultBranch returns the short name of the default branch: what the remote's
// HEAD says, else init.defaultBranch, else main or master, the first that there
// is. It is "" when there is none of them.
func (j *refJudge) defaultBranch(remote string, refs []Ref) string {
	has := func(name string) bool {
		_, found := searchRef(refs, name)
		return found
	}
	prefix := "refs/remotes/" + remote + "/"
	if pos, _ := searchRef(refs, prefix); remote != "" && pos < len(refs) && strings.HasPrefix(refs[pos].Name, prefix) {
		value, err := j.repo.References.Read(prefix + "HEAD")
		target, symbolic := strings.CutPrefix(value, "ref:")
		target = strings.TrimSpace(target)
		if branch, below := strings.CutPrefix(target, prefix); err == nil && symbolic && below && has(target) {
			return branch
		}
	}
	for _, branch := range []string{j.config.Get("init.defaultbranch"), "main", "master"} {
		if branch != "" && (has("refs/heads/"+branch) || has(prefix+branch)) {
			return branch
		}
	}
	return ""
}

// rank notes the rank of a branch: of what the remote has of it, and of what is
// here.
func (j *refJudge) rank(branch string, rank int) {
	if branch == "" {
		return
	}
	j.ranks["refs/heads/"+branch] = rank + 1
	source := "refs/heads/" + branch
	if b := j.branches[branch]; b.merge != "" && b.remote == j.remote {
		source = b.merge
	}
	for _, spec := range j.refspecs {
		if target, ok := spec.target(source); ok && spec.remote == j.remote {
			j.ranks[target] = rank
		}
	}
}

// judge says whether a ref is foreign, and how much it counts.
func (j *refJudge) judge(ref *Ref) {
	ref.Rank = j.ranks[ref.Name]
	if j.foreign(*ref) {
		ref.Rank, ref.Foreign = rankForeign, true
		if !j.scope.Foreign {
			ref.Only = j.user
		}
	}
}

// foreign reports whether a ref may hold what strangers wrote.
func (j *refJudge) foreign(ref Ref) bool {
	if branch, local := strings.CutPrefix(ref.Name, "refs/heads/"); local {
		return j.follows(ref.Name, branch) && !j.committed(ref)
	}
	if !strings.HasPrefix(ref.Name, "refs/remotes/") {
		return false
	}
	mapped := false
	for _, spec := range j.refspecs {
		if branch, ok := spec.fetches(ref.Name); ok {
			mapped = true
			if spec.remote != j.remote || !branch {
				return true
			}
		}
	}
	return !mapped
}

// follows reports whether a local branch follows something that is foreign.
func (j *refJudge) follows(ref, branch string) bool {
	b := j.branches[branch]
	remote, merge := b.remote, b.merge
	if merge != "" && !strings.HasPrefix(merge, "refs/heads/") || remote != "" && remote != "." && remote != j.remote {
		return true
	}
	return slices.ContainsFunc(j.refspecs, func(spec refspec) bool { // as of a mirror
		fromBranch, ok := spec.fetches(ref)
		return ok && !fromBranch
	})
}

// committed reports whether the user committed the tip.
func (j *refJudge) committed(ref Ref) bool {
	if ref.Err != nil || ref.Hash == "" {
		return false
	}
	c, err := j.repo.ReadCommit(ref.Hash)
	return err == nil && j.Mine(c.Committer)
}

// Mine reports whether somebody is the user, by one of their addresses.
func (j *refJudge) Mine(who Ident) bool {
	if who.Email == "" {
		return false
	}
	if isMine(j.scope, who.Email) {
		return true
	}
	if j.mailmap == nil {
		j.mailmap = j.repo.readMailmap(j.mailmapAt, j.config.Get("mailmap.file"))
	}
	proper := j.mailmap.email(who.Name, who.Email)
	return isMine(j.scope, proper) || slices.ContainsFunc(slices.Concat(j.scope.Mine, j.scope.Roster), func(own string) bool {
		return strings.EqualFold(j.mailmap.email("", own), proper)
	})
}

func isMine(scope Scope, email string) bool {
	same := func(own string) bool { return strings.EqualFold(own, email) }
	return slices.ContainsFunc(scope.Mine, same) || slices.ContainsFunc(scope.Roster, same)
}

// head judges HEAD, which is always read. One that is detached at the tip of
// foreign branches is as foreign as they are, and goes by the name of the first.
func (j *refJudge) head(head Ref, refs []Ref) Ref {
	j.judge(&head)
	if head.Name == "HEAD" && head.Err == nil {
		if ref, ok := foreignAt(head.Hash, refs); ok {
			head = ref
		}
	}
	head.Only = nil
	return head
}

// foreignAt returns the first ref at a commit, when all that are there are
// foreign.
func foreignAt(hash string, refs []Ref) (first Ref, ok bool) {
	for _, ref := range refs {
		switch {
		case ref.Hash != hash || ref.Err != nil:
		case !ref.Foreign:
			return Ref{}, false
		case !ok:
			first, ok = ref, true
		}
	}
	return first, ok
}

// named judges revisions by the refs that they name, or at whose tips they are.
func named(revs []Ref, head Ref, refs []Ref) []Ref {
	for i := range revs {
		rev := &revs[i]
		name, _, _ := strings.Cut(strings.NewReplacer("~", "^", "@{", "^", ":", "^").Replace(rev.Name), "^")
		ref, ok := findRef(refs, name)
		switch {
		case name == "HEAD" || name == "@":
			ref = head
		case !ok:
			ref, _ = foreignAt(rev.Hash, refs)
		}
		rev.Rank, rev.Foreign = ref.Rank, ref.Foreign
	}
	return revs
}

// findRef returns the ref that a name, full or short, stands for.
func findRef(refs []Ref, name string) (Ref, bool) {
	for _, prefix := range []string{"", "refs/", "refs/heads/", "refs/remotes/"} {
		if pos, ok := searchRef(refs, prefix+name); ok {
			return refs[pos], true
		}
	}
	return Ref{}, false
}

// searchRef returns the position of a name among sorted refs, or where it would be.
func searchRef(refs []Ref, name string) (pos int, found bool) {
	return slices.BinarySearchFunc(refs, name, func(ref Ref, name string) int { return strings.Compare(ref.Name, name) })
}

// refspec is what a remote is fetched with.
type refspec struct{ remote, src, dst string }

// fetchRefspecs are those of all remotes that have a destination.
func fetchRefspecs(c Config) []refspec {
	var specs []refspec
	for remote, values := range c.subsections("remote", "fetch") {
		for _, value := range values {
			src, dst, ok := strings.Cut(strings.TrimPrefix(value, "+"), ":")
			if !ok || src == "" || !strings.HasPrefix(dst, "refs/") {
				continue
			}
			if !strings.HasPrefix(src, "refs/") && src != "HEAD" {
				src = "refs/heads/" + src
			}
			specs = append(specs, refspec{remote, src, dst})
		}
	}
	return specs
}

// fetches reports whether something is fetched into a ref, and whether that is a
// branch of the remote.
func (s refspec) fetches(ref string) (branch, ok bool) {
	if before, _, _ := strings.Cut(s.dst, "*"); !strings.HasPrefix(ref, before) {
		return false, false // as most: there may be very many refs
	}
	source, ok := mapRef(s.dst, s.src, ref)
	return strings.HasPrefix(source, "refs/heads/"), ok
}

// target returns where a ref of the remote is fetched to.
func (s refspec) target(ref string) (string, bool) { return mapRef(s.src, s.dst, ref) }

// mapRef is what one side of a refspec makes of what the other one matches.
func mapRef(from, to, ref string) (string, bool) {
	before, after, pattern := strings.Cut(from, "*")
	if !pattern {
		return to, ref == from
	}
	middle, begins := strings.CutPrefix(ref, before)
	middle, ends := strings.CutSuffix(middle, after)
	if !begins || !ends {
		return "", false
	}
	before, after, _ = strings.Cut(to, "*")
	return before + middle + after, true
}

// followed is what a local branch follows.
type followed struct{ remote, merge string }

// followedBranches are the local branches that follow something.
func followedBranches(c Config) map[string]followed {
	branches := make(map[string]followed)
	for _, variable := range []string{"remote", "merge"} {
		for name := range c.subsections("branch", variable) {
			branches[name] = followed{c.Get("branch." + name + ".remote"), c.Get("branch." + name + ".merge")}
		}
	}
	return branches
}

// User is somebody who commits, under any of their addresses.
type User struct {
	*refJudge
	addresses string
}

// newUser is the user that a scope names.
func newUser(j *refJudge) *User {
	own := slices.Concat(j.scope.Mine, j.scope.Roster)
	for i := range own {
		own[i] = strings.ToLower(own[i])
	}
	slices.Sort(own)
	return &User{j, strings.Join(slices.Compact(own), " ")}
}

// String is the addresses, without those that .mailmap adds.
func (u *User) String() string { return u.addresses }
