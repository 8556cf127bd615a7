package git

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestRefusal reads the words of several servers.
func TestRefusal(t *testing.T) {
	tests := []struct {
		name, status, said string
		want               RemoteFault
		race               bool
	}{
		{"git, branch moved", "[remote rejected] (failed to update ref)", "remote: error: cannot lock ref 'refs/heads/main': is at 1 but expected 2", RemoteMoving, true},
		{"git 2.53, branch moved", "[remote rejected] (incorrect old value provided)", "", RemoteMoving, true},
		{"git, seen before it was sent", "[rejected] (fetch first)", "", RemoteMoving, true},
		{"git, a branch that a push made", "[remote rejected] (reference already exists)", "", RemoteMoving, true},
		{"git, hook", "[remote rejected] (pre-receive hook declined)", "remote: not today", RemoteHook, false},
		{"git, update hook", "[remote rejected] (hook declined)", "", RemoteHook, false},
		{"git, no room", "[remote rejected] (unpacker error)", "remote: fatal: write error: No space left on device", RemoteQuota, false},
		{"git, large", "[remote rejected] (unpacker error)", "remote: fatal: pack exceeds maximum allowed size", RemoteQuota, false},
		{"git, owner", "[remote rejected] (unpacker error)", "remote: error: insufficient permission for adding an object to repository database ./objects", RemoteForbidden, false},
		{"git, work tree", "[remote rejected] (branch is currently checked out)", "", RemoteRejected, false},
		{"git, hidden", "[remote rejected] (deny updating a hidden ref)", "", RemoteRejected, false},
		{"github, branch", "[remote rejected] (protected branch hook declined)", "remote: error: GH006: Protected branch update failed for refs/heads/main.", RemoteProtected, false},
		{"github, rules", "[remote rejected] (push declined due to repository rule violations)", "remote: - Changes must be made through a pull request.", RemoteProtected, false},
		{"gitlab, branch", "[remote rejected] (pre-receive hook declined)", "remote: GitLab: You are not allowed to push code to protected branches on this project.", RemoteProtected, false},
		{"gitlab, project", "[remote rejected] (pre-receive hook declined)", "remote: GitLab: You are not allowed to push code to this project.", RemoteForbidden, false},
		{"gitlab, storage", "[remote rejected] (pre-receive hook declined)", "remote: GitLab: Your push has been rejected, because this repository has exceeded its size limit", RemoteQuota, false},
		{"bitbucket", "[remote rejected] (pre-receive hook declined)", "remote: Branch refs/heads/main can only be modified through pull requests.", RemoteProtected, false},
		{"gerrit", "[remote rejected] (prohibited by Gerrit: not permitted: update)", "", RemoteForbidden, false},
		{"azure", "[remote rejected] (TF402455: Pushes to this branch are not permitted; you must use a pull request to update this branch.)", "", RemoteProtected, false},
		{"a server nobody knows", "[remote rejected] (computer says no)", "", RemoteRejected, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			stderr := "Writing objects: 100% (1/1), 160 bytes\r\n" + test.said + "        \nerror: failed to push some refs to '../s'"
			failed, ok := errors.AsType[*RemoteError](remoteFault("origin", stderr, errors.New("exit status 1")))
			if !ok {
				t.Fatal("no *RemoteError")
			}
			refused, race := refusal("To ../s\n!\trefs/heads/main:refs/heads/main\t"+test.status+"\nDone\n", failed)
			if refused == nil || refused.Fault != test.want || race != test.race {
				t.Errorf("%+v, race %t, want %s, race %t", refused, race, test.want, test.race)
			}
		})
	}
}

// TestNoRefusal has pushes fail before anybody has looked at the update.
func TestNoRefusal(t *testing.T) {
	for _, stderr := range []string{
		"fatal: '../s' does not appear to be a git repository",
		"fatal: unable to access 'https://example.com/': The requested URL returned error: 401",
		"fatal: the remote end hung up unexpectedly\nerror: failed to push some refs to 'ssh://example.com/s'",
	} {
		failed, _ := errors.AsType[*RemoteError](remoteFault("origin", stderr, errors.New("exit status 128")))
		out := ""
		if strings.Contains(stderr, "hung up") {
			out = "To ssh://example.com/s\n!\trefs/heads/main:refs/heads/main\t[remote failure] (remote failed to report status)\nDone\n"
		}
		if refused, _ := refusal(out, failed); refused != nil {
			t.Errorf("%q is taken for a refusal: %+v", stderr, refused)
		}
	}
}

// TestSaidIsBounded keeps lines whole where they are few and short.
func TestSaidIsBounded(t *testing.T) {
	var said strings.Builder
	said.WriteString("remote: Resolving deltas:  50% (1/2)\rremote: Resolving deltas: 100% (2/2), done.\x1b[K\nremote: \x1b[K\n")
	for i := range 100 {
		fmt.Fprintf(&said, "remote: %d %s\x1b[K\n", i, strings.Repeat("ä", i*4))
	}
	lines := bounded(linesByServer(said.String()))
	if len(lines) != maxSaid || lines[0] != "remote: 0" || lines[maxSaid-1] != "… and 81 more lines" {
		t.Errorf("%d lines: %q", len(lines), lines)
	}
	for _, line := range bounded(slices.Repeat([]string{"x" + strings.Repeat("ä", 5000)}, 3)) {
		if len(line) > maxSaidLine+len("…") || !strings.HasSuffix(line, "ä…") {
			t.Errorf("%d bytes: %q", len(line), line)
		}
	}
}
