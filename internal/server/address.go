package server

import (
	"fmt"
	"io"
	"net"
	"net/netip"
)

// Address is the address on which the server listens, with the actual port.
func (s *Server) Address() string { return s.listener.Addr().String() }

// URL is the address that browsers use for the server, without a slash at its end.
func (s *Server) URL() string {
	if s.config.PublicURL != "" {
		return s.config.PublicURL
	}
	host, port, _ := net.SplitHostPort(s.Address())
	if configured := hostOf(s.config.Listen); configured != "" {
		host = configured // the configured name
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() || host == "" {
		host = ownAddress()
	}
	return "http://" + net.JoinHostPort(host, port)
}

// LocalURL is the server's address on this machine, without a slash at its end.
func (s *Server) LocalURL() string {
	host, port, _ := net.SplitHostPort(s.Address())
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Token is the token for clients of the first project.
func (s *Server) Token() string { return s.secrets.projects[0].Tokens[0] }

// SignInLink signs in one browser, once; "" if no sign-in is needed.
func (s *Server) SignInLink() string { return s.link }

// Describe prints what a user needs to know about a started server.
func (s *Server) Describe(w io.Writer) {
	fmt.Fprintf(w, "Playhead %s is ready.\n\n", s.version)
	fmt.Fprintf(w, "  Open     %s\n", s.URL())
	if projects := s.secrets.projects; len(projects) == 1 {
		fmt.Fprintf(w, "  Token    %s\n", s.Token())
	} else {
		for _, p := range projects {
			fmt.Fprintf(w, "  Token    %s (project %s)\n", p.Tokens[0], p.Name)
		}
	}
	if at := s.GRPCAddress(); at != "" {
		fmt.Fprintf(w, "  gRPC     %s (OpenTelemetry)\n", at)
	}
	if s.config.Clustered() {
		fmt.Fprintf(w, "  Store    %s\n", s.config.StoreName())
	}
	if at, ok := s.blocks.(fmt.Stringer); ok {
		fmt.Fprintf(w, "  Blocks   %s\n", at)
	}
	if needsDirectory(s.config) {
		fmt.Fprintf(w, "  Data     %s\n", s.dataDir)
	}
	if s.signIn && s.link == "" {
		fmt.Fprintf(w, "\n  It asks for the password.\n")
	} else if s.signIn {
		why := "Other machines can reach this server, so it asks for a sign-in"
		if s.config.Password != "" {
			why = "It asks for the password"
		}
		fmt.Fprintf(w, "\n  %s. This link signs one browser in, once, within\n  the hour:\n\n  %s\n", why, s.link)
		if s.config.Password == "" {
			fmt.Fprintf(w, "\n  To sign in with a password instead, set PLAYHEAD_PASSWORD.\n")
		}
	}
	fmt.Fprintln(w)
}

func hostOf(address string) string {
	host, _, _ := net.SplitHostPort(address)
	return host
}

// ownAddress is an address of this machine that other machines can probably reach.
func ownAddress() string {
	addresses, _ := net.InterfaceAddrs()
	for _, a := range addresses {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil && prefix.Addr().Is4() && prefix.Addr().IsGlobalUnicast() {
			return prefix.Addr().String()
		}
	}
	return "127.0.0.1"
}
