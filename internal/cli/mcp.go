package cli

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/mcp/stdio"
)

// speakMCP forwards the standard input and output of an agent's program to a running server: the one of these settings, or the one at an address.
func speakMCP(ctx context.Context, env environment, args []string) error {
	var base string
	if len(args) > 0 && strings.Contains(args[0], "://") {
		base, args = strings.TrimSuffix(args[0], "/"), args[1:]
	}
	c, _, err := config.Load(config.Source{Command: "mcp", Args: args, Environ: env.environ})
	if err != nil {
		return err
	}
	if base == "" {
		base = "http://" + reachable(c.Listen)
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return usageError{fmt.Errorf("%q is not an address such as http://127.0.0.1:8000", base)}
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = "/mcp"
	}
	b := stdio.Bridge{Address: u.String(), Token: c.MCPToken, In: env.stdin, Out: env.stdout}
	return b.Run(ctx)
}
