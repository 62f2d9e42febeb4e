package auth

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// Needed says whether a sign-in is necessary: when a password is set, or when anybody except the users of this machine can reach the server, either
// at the address it listens on or through a proxy at publicURL ("" when there is none).
func Needed(listen, publicURL, password string) bool {
	if password != "" {
		return true
	}
	host, _, _ := net.SplitHostPort(listen)
	if !isLoopback(host) {
		return true
	}
	if publicURL == "" {
		return false
	}
	u, err := url.Parse(publicURL)
	return err != nil || !isLoopback(u.Hostname())
}

// isLocal reports whether a host name or address from a client can only mean this machine or what its owner has
// configured: loopback addresses, localhost and names under .localhost and .test, which are reserved (RFC 6761) and therefore never
// in public DNS.
func isLocal(host string) bool {
	return isLoopback(host) || strings.HasSuffix(canonical(host), ".test")
}

// isLoopback is stricter: a name under .test may stand for another machine in this one's hosts file. The empty host, which as a
// listen address means all interfaces, is not loopback.
func isLoopback(host string) bool {
	host = canonical(host)
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
