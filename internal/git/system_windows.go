package git

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// IsNotDirectory reports that a parent in a path is a file. Windows has no
// error of its own for it.
func IsNotDirectory(err error) bool { return errors.Is(err, windows.ERROR_PATH_NOT_FOUND) }

// TryLock takes the advisory lock of file, which the kernel drops when the
// process ends however it ends. It reports false when another process has it.
// The byte that is locked is far behind the content, which stays readable.
func TryLock(file *os.File) (bool, error) {
	at := &windows.Overlapped{OffsetHigh: 1}
	err := windows.LockFileEx(windows.Handle(file.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return false, nil
	}
	return err == nil, err
}

// shareLock would let the process of cmd hold the advisory lock of file as well.
// Here a lock belongs to one process.
func shareLock(*exec.Cmd, *os.File) {}

// ownSession starts cmd in a process group of its own, which Ctrl-C does not
// reach. What it starts cannot be ended with it.
func ownSession(cmd *exec.Cmd) {
	cmd.SysProcAttr = &windows.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
}

// signalSession ends cmd, as there are no signals.
func signalSession(cmd *exec.Cmd, _ syscall.Signal) error { return cmd.Process.Kill() }

// inode would return the number of a file. Windows has none.
func inode(fs.FileInfo) uint64 { return 0 }

// ownedByCaller reports whether path belongs to the user of this process or to
// the administrators, whom git for Windows trusts as well.
func ownedByCaller(path string) bool {
	security, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return false
	}
	owner, _, err := security.Owner()
	if err != nil {
		return false
	}
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	return err == nil && owner.Equals(user.User.Sid) || owner.IsWellKnown(windows.WinBuiltinAdministratorsSid)
}
