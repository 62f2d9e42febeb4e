package validate

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// image is the image of deploy/Dockerfile.
type image struct {
	// root is a directory with the files of the image.
	root                    string
	entrypoint, cmd, health []string
	env                     []string
	user                    string
}

// build makes the image once for all tests.
var build = sync.OnceValues(func() (*image, error) {
	stages, err := dockerfile()
	if err != nil {
		return nil, err
	}
	context := filepath.Join(work, "context")
	if err := copyContext(context); err != nil {
		return nil, err
	}
	program := filepath.Join(work, "playhead")
	if err := compile(stages[0], context, program); err != nil {
		return nil, err
	}
	made := &image{root: filepath.Join(work, "image")}
	return made, made.assemble(stages[len(stages)-1], context, program)
})

func dockerfile() ([]instructions.Stage, error) {
	text, err := os.ReadFile("deploy/Dockerfile")
	if err != nil {
		return nil, err
	}
	tree, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("deploy/Dockerfile: %w", err)
	}
	stages, args, err := instructions.Parse(tree.AST, nil)
	if err != nil {
		return nil, fmt.Errorf("deploy/Dockerfile: %w", err)
	}
	if len(stages) != 2 || len(args) != 0 || stages[0].Name != "build" || stages[1].BaseName != "scratch" {
		return nil, errors.New("deploy/Dockerfile: the tests know of a stage named build and one from scratch")
	}
	return stages, nil
}

// copyContext copies the files that .dockerignore does not exclude.
func copyContext(to string) error {
	text, err := os.Open(".dockerignore")
	if err != nil {
		return err
	}
	defer text.Close()
	patterns, err := ignorefile.ReadAll(text)
	if err != nil {
		return err
	}
	ignored, err := patternmatcher.New(patterns)
	if err != nil {
		return err
	}
	return filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if base := entry.Name(); name != "." && (base == ".git" || base == "node_modules") {
				return filepath.SkipDir // large and not needed; TestContext checks that it is excluded
			}
			return nil
		}
		if skip, err := ignored.MatchesOrParentMatches(name); skip || err != nil {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o644)
	})
}

// compile runs the command of the build stage unchanged, except for the output path and -trimpath, which would compile the standard library again.
func compile(stage instructions.Stage, context, program string) error {
	for _, c := range stage.Commands {
		run, ok := c.(*instructions.RunCommand)
		if !ok || !strings.Contains(strings.Join(run.CmdLine, " "), "go build") {
			continue
		}
		command := strings.NewReplacer("/out/playhead", program, " -trimpath", "").Replace(strings.Join(run.CmdLine, " "))
		sh := exec.Command("/bin/sh", "-euc", command)
		sh.Dir = context
		sh.Env = append(os.Environ(), "TARGETOS=linux", "TARGETARCH="+runtime.GOARCH, "VERSION=1.2.3-test", "GOFLAGS=-mod=readonly", "GOWORK=off")
		if said, err := sh.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", command, err, said)
		}
		return nil
	}
	return errors.New("deploy/Dockerfile: the stage build does not run go build")
}

// assemble makes the last stage.
func (i *image) assemble(stage instructions.Stage, context, program string) error {
	for _, c := range stage.Commands {
		switch c := c.(type) {
		case *instructions.CopyCommand:
			if c.From != "build" || len(c.SourcePaths) != 1 {
				return fmt.Errorf("deploy/Dockerfile: %s: the tests know of one file from build", c)
			}
			from := c.SourcePaths[0]
			switch {
			case from == "/out/playhead":
				from = program
			case strings.HasPrefix(from, "/src/"):
				from = filepath.Join(context, strings.TrimPrefix(from, "/src/"))
			}
			content, err := os.ReadFile(from)
			if err != nil {
				return fmt.Errorf("deploy/Dockerfile: %s: %w", c, err)
			}
			target := filepath.Join(i.root, c.DestPath)
			if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(target, content, 0o755); err != nil {
				return err
			}
		case *instructions.EnvCommand:
			for _, pair := range c.Env {
				i.env = append(i.env, pair.Key+"="+pair.Value)
			}
		case *instructions.UserCommand:
			i.user = c.User
		case *instructions.EntrypointCommand:
			i.entrypoint = c.CmdLine
		case *instructions.CmdCommand:
			i.cmd = c.CmdLine
		case *instructions.HealthCheckCommand:
			if len(c.Health.Test) < 2 || c.Health.Test[0] != "CMD" {
				return errors.New("deploy/Dockerfile: HEALTHCHECK: there is no shell in the image")
			}
			i.health = c.Health.Test[1:]
		case *instructions.ExposeCommand:
		default:
			return fmt.Errorf("deploy/Dockerfile: the tests do not know %s", c.Name())
		}
	}
	for _, shell := range [][]string{i.entrypoint, i.cmd, i.health} {
		if len(shell) == 0 || strings.HasPrefix(shell[0], "/bin/sh") {
			return errors.New("deploy/Dockerfile: ENTRYPOINT, CMD and HEALTHCHECK are needed, as JSON: there is no shell in the image")
		}
	}
	return nil
}

func made(t *testing.T) *image {
	t.Helper()
	i, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// command is a process as an engine would start it in the image: with its files, its user and its environment, and nothing else of this machine.
func (i *image) command(environ []string, args ...string) *exec.Cmd {
	c := exec.Command(args[0], args[1:]...)
	c.Env = append(append([]string{}, i.env...), environ...)
	i.confine(c)
	return c
}

func TestImage(t *testing.T) {
	i := made(t)
	uid, gid, ok := strings.Cut(i.user, ":")
	for _, id := range []string{uid, gid} {
		if n, err := strconv.Atoi(id); err != nil || n < 1000 || !ok {
			t.Errorf("USER %s: Kubernetes can tell numbers alone from root", i.user)
		}
	}
	said, err := i.command(nil, i.entrypoint[0], "version").CombinedOutput()
	if err != nil || !strings.Contains(string(said), "playhead 1.2.3-test ") {
		t.Errorf("version: %s, %v", said, err)
	}
	// The program is static, and says so: without a cluster it cannot store anything.
	said, err = i.command(nil, append(i.entrypoint, "serve", "--data", "/data")...).CombinedOutput()
	if err == nil {
		t.Errorf("a node without a cluster starts: %s", said)
	}
	// The files for TLS are where Go looks for them.
	if authorities, err := os.ReadFile(filepath.Join(i.root, "etc/ssl/certs/ca-certificates.crt")); err != nil || !bytes.Contains(authorities, []byte("BEGIN CERTIFICATE")) {
		t.Errorf("no certificate authorities: %v", err)
	}
	info, err := os.Stat(filepath.Join(i.root, i.entrypoint[0]))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the program has %.1f MB", float64(info.Size())/1e6)
}

// Files that the build does not need are not sent to the engine: data, dependencies, secrets.
func TestContext(t *testing.T) {
	made(t)
	size := int64(0)
	err := filepath.WalkDir(filepath.Join(work, "context"), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		size += info.Size()
		for _, never := range []string{"_test.go", ".env", "node_modules", "/deploy/", "/e2e/", "/bench/", ".git/", "/playhead-data/"} {
			if strings.Contains(strings.TrimPrefix(name, work), never) {
				t.Errorf("%s is sent", name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if size > 32<<20 {
		t.Errorf("%d MiB are sent", size>>20)
	}
	text := file(t, ".dockerignore")
	if !strings.Contains(text, "\n*\n") || !strings.Contains(text, "**/node_modules") {
		t.Error(".dockerignore lets through what it does not name")
	}
}

// The image is built with the Go version that go.mod requires, or a newer one.
func TestGoVersion(t *testing.T) {
	stages, err := dockerfile()
	if err != nil {
		t.Fatal(err)
	}
	tag := regexp.MustCompile(`^golang:(\d+)\.(\d+)\.\d+-bookworm$`).FindStringSubmatch(stages[0].BaseName)
	wanted := regexp.MustCompile(`(?m)^go (\d+)\.(\d+)`).FindStringSubmatch(file(t, "go.mod"))
	if tag == nil || wanted == nil {
		t.Fatalf("FROM %s", stages[0].BaseName)
	}
	number := func(m []string) int {
		major, _ := strconv.Atoi(m[1])
		minor, _ := strconv.Atoi(m[2])
		return major*1000 + minor
	}
	if number(tag) < number(wanted) {
		t.Errorf("FROM %s, go.mod wants %s", stages[0].BaseName, wanted[0])
	}
}
