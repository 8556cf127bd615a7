package outbox

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/text"
)

// The bounds of asking how reviews stand.
const (
	reviewWait    = 2 * time.Second // for all answers together
	mostReviews   = 32              // pull requests that are asked about
	reviewsAtOnce = 6
)

// Asking is what a forge is asked about reviews while something else is done. Nil asks
// nothing.
type Asking struct {
	done    chan struct{}
	answers []handoff.Ref
	err     error
}

// Answers are what has come so far, without waiting for more: references as the records
// hold them, with what was said and when.
func (a *Asking) Answers() []handoff.Ref {
	if a == nil {
		return nil
	}
	select {
	case <-a.done:
		return a.answers
	default:
		return nil
	}
}

// Wait waits until everything was answered, or the time for it is over. The error says in
// one line what was not answered, and why.
func (a *Asking) Wait() ([]handoff.Ref, error) {
	if a == nil {
		return nil, nil
	}
	<-a.done
	return a.answers, a.err
}

// AskReviews asks the forge of this repository how the reviews of pull requests stand,
// all at once and for two seconds at most. It asks nobody where the user's own
// configuration does not name that forge as a target, and not about what is no pull
// request of it, or known to be merged.
func (b *Box) AskReviews(ctx context.Context, refs []handoff.Ref) (*Asking, error) {
	refs = pullRequests(refs)
	if len(refs) == 0 {
		return nil, nil
	}
	reviewers, err := b.reviewers()
	if err != nil || len(reviewers) == 0 {
		return nil, err
	}
	a := &Asking{done: make(chan struct{})}
	go func() {
		defer close(a.done)
		a.answers, a.err = reviewsOf(ctx, reviewers, refs)
	}()
	return a, nil
}

// reviewsOf asks about pull requests.
func reviewsOf(ctx context.Context, reviewers []reviewer, refs []handoff.Ref) (answers []handoff.Ref, err error) {
	var missing unanswered
	if len(refs) > mostReviews {
		missing.add(refs[mostReviews:], fmt.Sprintf("more than %d are not asked about at once", mostReviews))
		refs = refs[:mostReviews]
	}
	ctx, cancel := context.WithTimeout(ctx, reviewWait)
	defer cancel()
	type reply struct {
		at     int
		answer handoff.Ref
		known  bool
		err    error
	}
	replies := make(chan reply, len(refs)) // so that who comes late waits for nobody
	slots := make(chan struct{}, reviewsAtOnce)
	for i, ref := range refs {
		go func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			answer, known, err := reviewOf(ctx, reviewers, ref)
			replies <- reply{i, answer, known, err}
		}()
	}
	said := make([]*reply, len(refs))
	for waiting := len(refs); waiting > 0 && ctx.Err() == nil; waiting-- {
		select {
		case r := <-replies:
			said[r.at] = &r
		case <-ctx.Done():
		}
	}
	for i, r := range said {
		switch {
		case r == nil || r.err != nil && ctx.Err() != nil:
			missing.add(refs[i:i+1], fmt.Sprintf("no answer in %s", reviewWait))
		case r.err != nil:
			missing.add(refs[i:i+1], r.err.Error())
		case r.known:
			answers = append(answers, r.answer)
		}
	}
	return answers, missing.err()
}

// pullRequests are the pull requests among references, each once, but for those that a
// forge has said to be merged: that stays so.
func pullRequests(refs []handoff.Ref) []handoff.Ref {
	var pulls []handoff.Ref
	for _, ref := range refs {
		over := ref.State == row.IsMerged && !ref.ProbedAt.IsZero()
		if ref.Type == "pr" && !over && !slices.ContainsFunc(pulls, func(p handoff.Ref) bool { return p.ID == ref.ID }) {
			pulls = append(pulls, ref)
		}
	}
	return pulls
}

// unanswered is what was not answered, by why.
type unanswered struct {
	why   []string
	pulls [][]string
}

func (u *unanswered) add(refs []handoff.Ref, why string) {
	i := slices.Index(u.why, why)
	if i < 0 {
		i = len(u.why)
		u.why, u.pulls = append(u.why, why), append(u.pulls, nil)
	}
	for _, ref := range refs {
		u.pulls[i] = append(u.pulls[i], row.PullName(ref.ID))
	}
}

func (u *unanswered) err() error {
	var parts []string
	for i, why := range u.why {
		stand := " stands: "
		if len(u.pulls[i]) > 1 {
			stand = " stand: "
		}
		parts = append(parts, "how "+text.And(u.pulls[i])+stand+why)
	}
	if len(parts) == 0 {
		return nil
	}
	return errors.New(text.OneLine(strings.Join(parts, "; ")))
}

// reviewOf asks about one pull request: the first project whose it is. It is unknown where
// it is nobody's.
func reviewOf(ctx context.Context, reviewers []reviewer, ref handoff.Ref) (answer handoff.Ref, known bool, err error) {
	for _, r := range reviewers {
		review, ours, err := r.Review(ctx, deliver.Ref{Type: ref.Type, ID: ref.ID})
		if err != nil || ours {
			return r.said(ref, review), err == nil, err
		}
	}
	return ref, false, nil
}

// said is a reference with what a forge has said of it.
func (of reviewer) said(ref handoff.Ref, r deliver.Review) handoff.Ref {
	said := handoff.Ref{Type: ref.Type, ID: ref.ID, State: r.State, ProbedAt: handoff.Time{Time: of.now().Truncate(time.Second)}}
	if r.Of > 0 {
		said.Approvals = fmt.Sprintf("%d/%d", r.Approvals, max(r.Approvals, r.Of))
	}
	if r.State == row.IsMerged || r.State == row.IsClosed {
		return said // it waits for nobody any more
	}
	for _, account := range r.WaitingOn {
		if len(rules.Secrets(account)) == 0 { // else no record could hold it
			said.WaitingOn = append(said.WaitingOn, personOf(of.team, of.service, account))
		}
	}
	slices.Sort(said.WaitingOn)
	return said
}

// personOf is who has an account of a service: their handle; or the account with the
// name of the service where nobody in the roster has it, since a handle of the same
// letters would be somebody else. A person whose account the roster does not tell has
// the one that is called as they are. Without a roster an account is a handle.
func personOf(team *config.Config, service, account string) string {
	handle := strings.ToLower(account)
	if group, ok := strings.CutPrefix(account, "team:"); ok {
		if _, known := team.Teams[group]; known {
			return account
		}
		return service + ":" + group
	}
	for _, who := range team.Handles() {
		if strings.EqualFold(team.People[who].Account(service), account) {
			return who
		}
	}
	person, known := team.People[handle]
	if len(team.People) == 0 && handoff.ValidHandle(handle) || known && person.Account(service) == "" {
		return handle
	}
	return service + ":" + account
}

// reviewer is a project of a forge that is asked.
type reviewer struct {
	deliver.Reviewer
	service string
	team    *config.Config
	now     func() time.Time
}

// reviewers are the projects that are asked, the first that a pull request can be of
// first: of each target that is a forge on which this repository is.
func (b *Box) reviewers() ([]reviewer, error) {
	names := b.Names()
	if len(names) == 0 {
		return nil, nil
	}
	remotes, err := b.remotes()
	var found []reviewer
	for _, name := range names {
		found = append(found, b.projectsOf(name, remotes)...)
	}
	return found, err
}

// projectsOf are the projects of a target to ask, none where the repository is elsewhere:
// those that its remotes name, of them that of the target first. A number alone is of the
// first; the target's own project, where it is another one, is asked about what names it
// in full. What the configuration of a target lacks is for who delivers to say.
func (b *Box) projectsOf(name string, remotes []remote) []reviewer {
	t := b.targets[name]
	token := once(b.token(t))
	open := func(project string) deliver.Reviewer {
		target, err := deliver.Open(deliver.Config{Name: name, Type: t.Type, Host: t.Host, Project: project, Token: token}, deliver.Outside{Now: b.Clock})
		forge, _ := target.(deliver.Reviewer)
		if err != nil {
			return nil
		}
		return forge
	}
	zone := b.Location()
	reviewing := func(forge deliver.Reviewer) reviewer {
		return reviewer{forge, t.Type, b.TeamConfig, func() time.Time { return b.Clock().In(zone) }}
	}
	var found []reviewer
	own := -1
	for _, r := range remotes {
		if forge := open(r.project); forge != nil && forge.Web() == r.host {
			if strings.EqualFold(r.project, t.Project) {
				own = len(found)
			}
			found = append(found, reviewing(forge))
		}
	}
	switch {
	case own >= 0:
		found[0], found[own] = found[own], found[0]
	case len(found) > 0:
		if forge := open(t.Project); forge != nil {
			found = append(found, reviewing(forge))
		}
	}
	return found
}

// once is a source of a secret that is asked for it one time, by whoever comes first.
func once(source deliver.Source) deliver.Source {
	if source == nil {
		return nil
	}
	var asked sync.Once
	var secret deliver.Secret
	var err error
	return func(ctx context.Context) (deliver.Secret, error) {
		asked.Do(func() { secret, err = source(ctx) })
		return secret, err
	}
}

// remote is where a remote of this repository is on the web, as its address tells.
type remote struct{ host, project string }

// remotes are those of this repository, the one that the records go to first.
func (b *Box) remotes() ([]remote, error) {
	names, err := b.Remotes()
	if err != nil {
		return nil, err
	}
	if up, ok, err := b.Upstream(); err == nil && ok {
		names = append([]string{up.Remote}, names...)
	}
	found := []remote{}
	for _, name := range names {
		urls, err := b.RemoteURLs(name)
		if err != nil {
			return nil, err
		}
		for _, address := range urls {
			if r, ok := remoteAt(address); ok && !slices.Contains(found, r) {
				found = append(found, r)
			}
		}
	}
	return found, nil
}

// The hosts at which forges speak ssh where its port is closed.
var sshHosts = map[string]string{"ssh.github.com": "github.com", "altssh.gitlab.com": "gitlab.com"}

// remoteAt reads the address of a remote: a URL, or host:path as scp has it. It is
// false for a path, and for what names no project.
func remoteAt(address string) (remote, bool) {
	host, path := "", ""
	if strings.Contains(address, "://") {
		if u, err := url.Parse(address); err == nil {
			host, path = u.Hostname(), u.Path
		}
	} else if before, after, ok := strings.Cut(address, ":"); ok && !strings.Contains(before, "/") {
		host, path = before[strings.LastIndexByte(before, '@')+1:], after
	}
	host = strings.ToLower(host)
	if known := sshHosts[host]; known != "" {
		host = known
	}
	project := strings.TrimSuffix(strings.Trim(path, "/"), ".git")
	return remote{host, project}, host != "" && strings.Contains(project, "/")
}
