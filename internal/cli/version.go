package cli

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set by release builds with -ldflags "-X …cli.version=1.2.3".
var version = ""

// Version is the release, or the version that the Go toolchain recorded for the source of the binary.
func Version() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

func printVersion(_ context.Context, env environment, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("%q is not understood", args[0])}
	}
	fmt.Fprintf(env.stdout, "playhead %s %s %s/%s\n", Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}
