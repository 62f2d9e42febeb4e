package validate

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// confine restricts a process to the image's files and runs it as the image's user, which only root can do. For other users it runs the same program
// with the machine's files. The process ends with the tests.
func (i *image) confine(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{}
	if os.Geteuid() != 0 {
		c.Path = filepath.Join(i.root, c.Path)
		return
	}
	c.Path = c.Args[0]
	c.Err = nil // the program was searched for outside
	c.Dir = "/"
	c.SysProcAttr.Chroot = i.root
	uid, gid, _ := strings.Cut(i.user, ":")
	number := func(id string) uint32 { n, _ := strconv.ParseUint(id, 10, 32); return uint32(n) } // TestImage checks the ids
	c.SysProcAttr.Credential = &syscall.Credential{Uid: number(uid), Gid: number(gid)}
}
