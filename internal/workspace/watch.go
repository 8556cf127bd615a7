package workspace

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Tips says in a few bytes where HEAD and all branches are: it is another text once one
// of them has moved.
func (ws *Workspace) Tips() (string, error) {
	head, err := ws.Head()
	if err != nil {
		return "", err
	}
	refs, err := ws.ListRefs("refs/heads/", "refs/remotes/")
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	fmt.Fprintln(sum, head.Ref, head.Hash)
	for _, ref := range refs {
		fmt.Fprintln(sum, ref.Name, ref.Hash)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
