//go:build !windows

package git

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
)

// IsNotDirectory reports that a parent in a path is a file.
func IsNotDirectory(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

// TryLock takes the advisory lock of file, which the kernel drops when the
// process ends however it ends. It reports false when another process has it.
func TryLock(file *os.File) (bool, error) {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// shareLock lets the process of cmd hold the advisory lock of file as well, until
// it ends: the lock belongs to the open file, not to the process.
func shareLock(cmd *exec.Cmd, file *os.File) { cmd.ExtraFiles = append(cmd.ExtraFiles, file) }

// ownSession gives cmd, and all that it starts, a session of their own: they have
// no terminal to ask on, can be ended together, and signals to ours, as of Ctrl-C,
// do not reach them.
func ownSession(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// signalSession sends a signal to cmd and to what it has started.
func signalSession(cmd *exec.Cmd, signal syscall.Signal) error {
	return syscall.Kill(-cmd.Process.Pid, signal)
}

// inode returns the number of a file, 0 when it is not known.
func inode(info fs.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return stat.Ino
	}
	return 0
}

// ownedByCaller reports whether path belongs to the user of this process.
func ownedByCaller(path string) bool {
	info, err := os.Lstat(path)
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
