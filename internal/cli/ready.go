package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/config"
)

// readyPatience is longer than a server waits for a storage.
const readyPatience = 10 * time.Second

// ready asks a server whether it can accept and show data: the server of these settings, or the one at an address. It is for images without a shell
// and without other tools.
func ready(ctx context.Context, env environment, args []string) error {
	base, args, err := addressIn(args)
	if err != nil {
		return err
	}
	c, _, err := config.Load(config.Source{Command: "ready", Args: args, Environ: env.environ})
	if err != nil {
		return err
	}
	if base == "" {
		base = "http://" + reachable(c.Listen)
	}
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/readyz", nil)
	if err != nil {
		return err
	}
	direct := &http.Transport{DisableKeepAlives: true} // do not use a proxy from the environment
	response, err := direct.RoundTrip(request)
	if err != nil {
		return fmt.Errorf("ask %s: %w", base, err)
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusOK {
		fmt.Fprintln(env.stdout, base+" is ready")
		return nil
	}
	var said struct{ Reason string }
	body, _ := io.ReadAll(io.LimitReader(response.Body, 64<<10)) // without a reason only the status is shown
	_ = json.Unmarshal(body, &said)
	return fmt.Errorf("%s is not ready: %s %s", base, response.Status, said.Reason)
}

// addressIn takes the address of a server from the beginning of arguments, "" if there is none.
func addressIn(args []string) (base string, rest []string, err error) {
	if len(args) == 0 || !strings.Contains(args[0], "://") {
		return "", args, nil
	}
	base = strings.TrimSuffix(args[0], "/")
	if u, err := url.Parse(base); err != nil || u.Host == "" {
		return "", nil, usageError{fmt.Errorf("%q is not an address such as http://127.0.0.1:8000", base)}
	}
	return base, args[1:], nil
}

// reachable returns an address for connecting to listen from this machine, also if listen means all interfaces.
func reachable(listen string) string {
	host, port, _ := net.SplitHostPort(listen) // the settings were checked
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}
