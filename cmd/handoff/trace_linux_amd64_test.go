package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// The tracer counts calls over all threads of one process and leaves its
// children alone. strace -e inject counts each thread for itself, so that with
// Go's threads the same number means another call every time.

// fault says what happens at one system call of a traced process.
type fault struct {
	at   int  // the call, counted from 0 over all threads; -1 for none
	kill bool // the process dies instead of making it; else it fails with ENOSPC
	all  bool // with kill: what it has started dies first, in whatever process group
}

// tracer runs one process, and sees the calls by which it changes files below
// a directory, or tells another process something.
type tracer struct {
	dir     string
	fault   fault
	sockets bool // also those by which it opens a socket, writes to one and reads from one
	pid     int
	calls   []string // "renameat .git/index.lock", "write pipe", "read socket", "socket"
}

// Numbers that package syscall does not name.
const (
	ptraceExitKill = 0x100000
	waitNoThread   = 0x20000000
	sysRenameat2   = 316
)

// tracedCalls are the calls that change files, with the argument that names the
// file: a descriptor, or a path and perhaps the descriptor of a directory
// before it.
var tracedCalls = map[uint64]struct {
	name string
	path int // number of the argument that is the path, -1 for a descriptor first
}{
	syscall.SYS_WRITE:     {"write", -1},
	syscall.SYS_PWRITE64:  {"pwrite64", -1},
	syscall.SYS_FSYNC:     {"fsync", -1},
	syscall.SYS_FDATASYNC: {"fdatasync", -1},
	syscall.SYS_FTRUNCATE: {"ftruncate", -1},
	syscall.SYS_FCHMOD:    {"fchmod", -1},
	syscall.SYS_CLOSE:     {"close", -1},
	syscall.SYS_OPENAT:    {"openat", 1},
	syscall.SYS_RENAME:    {"rename", 0},
	syscall.SYS_RENAMEAT:  {"renameat", 1},
	sysRenameat2:          {"renameat2", 1},
	syscall.SYS_LINK:      {"link", 1},
	syscall.SYS_LINKAT:    {"linkat", 3},
	syscall.SYS_UNLINK:    {"unlink", 0},
	syscall.SYS_UNLINKAT:  {"unlinkat", 1},
	syscall.SYS_MKDIR:     {"mkdir", 0},
	syscall.SYS_MKDIRAT:   {"mkdirat", 1},
	syscall.SYS_FCHMODAT:  {"fchmodat", 1},
}

// run runs cmd to its end. The calls that it made are in t.calls then.
func (t *tracer) run(cmd *exec.Cmd) (syscall.WaitStatus, error) {
	runtime.LockOSThread() // the tracer of a process is a thread
	defer runtime.UnlockOSThread()
	// A process group of its own tells its threads from other children of ours.
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Setpgid: true}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer cmd.Wait() // closes the pipes; the status has been taken here
	t.pid = cmd.Process.Pid
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(t.pid, &status, syscall.WALL, nil); err != nil {
		return 0, err
	}
	// Threads are followed, processes that are started are not.
	options := syscall.PTRACE_O_TRACESYSGOOD | syscall.PTRACE_O_TRACECLONE | ptraceExitKill
	if err := syscall.PtraceSetOptions(t.pid, options); err != nil {
		return 0, err
	}
	for thread, signal := t.pid, 0; ; {
		// A thread that is gone meanwhile is no error: the next wait tells.
		_ = syscall.PtraceSyscall(thread, signal)
		var err error
		if thread, err = syscall.Wait4(-t.pid, &status, syscall.WALL|waitNoThread, nil); err != nil {
			return 0, err
		}
		if thread == t.pid && (status.Exited() || status.Signaled()) {
			return status, nil
		}
		if signal, err = t.stopped(thread, status); err != nil {
			return 0, err
		}
	}
}

// stopped looks at a thread that has stopped, and returns the signal with which
// it goes on.
func (t *tracer) stopped(thread int, status syscall.WaitStatus) (int, error) {
	if !status.Stopped() {
		return 0, nil
	}
	switch signal := status.StopSignal(); signal {
	case syscall.SIGTRAP | 0x80:
		return 0, t.atCall(thread)
	case syscall.SIGTRAP, syscall.SIGSTOP: // a new thread, on both sides
		return 0, nil
	default:
		return int(signal), nil
	}
}

// atCall looks at a system call before it is made.
func (t *tracer) atCall(thread int) error {
	var regs syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(thread, &regs); err != nil {
		return nil // killed meanwhile
	}
	if int64(regs.Rax) != -int64(syscall.ENOSYS) {
		return nil // it has been made
	}
	name, path := t.describe(&regs)
	below, isBelow := strings.CutPrefix(path, t.dir+"/")
	switch {
	case name == "socket":
		t.calls = append(t.calls, name)
	case t.sockets && strings.HasPrefix(path, "socket:"):
		t.calls = append(t.calls, name+" socket")
	case name == "read":
		return nil
	case isBelow:
		t.calls = append(t.calls, name+" "+below)
	case name == "write" && strings.HasPrefix(path, "pipe:"):
		t.calls = append(t.calls, toPipe)
	default:
		return nil
	}
	if len(t.calls)-1 != t.fault.at {
		return nil
	}
	regs.Orig_rax, regs.Rax = ^uint64(0), ^uint64(syscall.ENOSPC-1) // not made; -ENOSPC
	if err := syscall.PtraceSetRegs(thread, &regs); err != nil {
		return err
	}
	if !t.fault.kill {
		return nil
	}
	if t.fault.all {
		t.killStarted()
	}
	return syscall.Kill(t.pid, syscall.SIGKILL)
}

// toPipe is the call by which a process tells another one something.
const toPipe = "write pipe"

// killStarted kills the processes that the traced one has started. What is
// missed has ended by itself.
func (t *tracer) killStarted() {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", t.pid))
	for _, list := range lists {
		children, _ := os.ReadFile(list)
		for _, child := range strings.Fields(string(children)) {
			if pid, err := strconv.Atoi(child); err == nil {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
	}
}

// describe returns the name of a call and the file that it is about, or "" when
// it changes no file.
func (t *tracer) describe(regs *syscall.PtraceRegs) (name, path string) {
	call, ok := tracedCalls[regs.Orig_rax]
	if t.sockets {
		switch regs.Orig_rax {
		case syscall.SYS_SOCKET:
			return "socket", ""
		case syscall.SYS_READ:
			call.name, call.path, ok = "read", -1, true
		}
	}
	args := []uint64{regs.Rdi, regs.Rsi, regs.Rdx, regs.R10}
	switch {
	case !ok, call.name == "openat" && args[2]&(syscall.O_CREAT|syscall.O_TRUNC) == 0:
		return "", ""
	case call.path < 0:
		path, _ = os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", t.pid, args[0]))
		return call.name, path
	}
	path = t.text(args[call.path])
	if filepath.IsAbs(path) {
		return call.name, path
	}
	const inWorkingDir = -100
	base := fmt.Sprintf("/proc/%d/cwd", t.pid)
	if call.path > 0 && call.name != "link" && int32(args[call.path-1]) != inWorkingDir {
		base = fmt.Sprintf("/proc/%d/fd/%d", t.pid, args[call.path-1])
	}
	dir, _ := os.Readlink(base)
	return call.name, filepath.Join(dir, path)
}

// text reads the string at an address of the process.
func (t *tracer) text(at uint64) string {
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", t.pid))
	if err != nil {
		return ""
	}
	defer memory.Close()
	text := make([]byte, syscall.PathMax)
	n, _ := memory.ReadAt(text, int64(at))
	text, _, _ = bytes.Cut(text[:n], []byte{0})
	return string(text)
}
