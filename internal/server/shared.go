package server

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/auth"
	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/nodes"
	"github.com/playheadhq/playhead/internal/query"
)

// checkShared finds missing settings without which the servers of a cluster could not replace each other.
func checkShared(c *config.Config) error {
	if !c.Clustered() || !auth.Needed(c.Listen, c.PublicURL, c.Password) {
		return nil
	}
	var missing []string
	if c.Password == "" {
		missing = append(missing, "PLAYHEAD_PASSWORD (the link that a single server prints works only with that server)")
	}
	if c.CookieKey == "" {
		missing = append(missing, "PLAYHEAD_COOKIE_KEY (a browser is signed in with all nodes only if they share the key; create one with: openssl rand -base64 48)")
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("other machines can reach this node, so a sign-in is needed, and with %s as store every node must accept it. Set these to the same values on all nodes: %s",
		c.StoreName(), strings.Join(missing, "; and "))
}

// self describes this server to the other servers of a cluster.
func (s *Server) self() model.Node {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	_, port, _ := net.SplitHostPort(s.Address())
	return model.Node{
		ID: uuid.NewString()[:8], Name: net.JoinHostPort(host, port), Version: s.version, StartedMS: time.Now().UnixMilli(),
		Settings: fingerprints(s.config),
	}
}

// fingerprints are hashes of the settings that must be the same on all servers. The password is hashed with the key of cookies, which cannot be
// guessed, so that a reader of the storage cannot use the hash to test passwords.
func fingerprints(c *config.Config) map[string]string {
	print := func(key string, values ...string) string {
		mac := hmac.New(sha256.New, []byte(key))
		for _, v := range values {
			fmt.Fprintf(mac, "%d:%s", len(v), v)
		}
		return hex.EncodeToString(mac.Sum(nil)[:8])
	}
	blocks := "a directory" // its path may differ between servers
	if c.BlocksInS3() {
		blocks = c.Blocks
	}
	var tokens, retentions []string
	for _, p := range c.AllProjects() {
		tokens = append(append(tokens, p.Name), p.Tokens...)
		retentions = append(retentions, p.Name, strconv.Itoa(p.RetentionDays))
	}
	return map[string]string{
		"blocks":           print("", blocks),
		"token":            print("", tokens...),
		"cookie_key":       print("cookie_key", c.CookieKey),
		"password":         print("password"+c.CookieKey, c.Password),
		"public_url":       print("", c.PublicURL),
		"retention":        print("", retentions...),
		"text_index":       print("", strconv.FormatBool(c.ClickHouse.TextIndex)),
		"sign_in_lifetime": print("", time.Duration(c.SignInLifetime).String()),
		"prices":           print("", priceTexts(c)...),
		"assets.hosts":     print("", c.Assets.Hosts...),
		"limits.max_event": print("", c.Limits.MaxEvent.String()),
	}
}

// priceTexts returns the prices of the settings, each as one text: fmt writes maps in the order of their keys.
func priceTexts(c *config.Config) []string {
	texts := make([]string, len(c.Prices))
	for i, p := range c.Prices {
		texts[i] = fmt.Sprint(p)
	}
	return texts
}

// servers returns the servers for the status page.
func (s *Server) servers() ([]query.Server, []query.Warning) {
	if s.nodes == nil {
		return nil, nil // not started yet
	}
	all, found := s.nodes.Known()
	var servers []query.Server
	for _, n := range all {
		servers = append(servers, query.Server{
			ID: n.ID, Name: n.Name, Version: n.Version, StartedMS: n.StartedMS, SeenMS: n.SeenMS, ClockS: float64(n.ClockMS) / 1000, Self: n.ID == s.node.ID,
		})
	}
	warnings := lossWarnings(s.dataDir, s.node.ID, s.losses)
	for _, w := range found {
		warnings = append(warnings, query.Warning{Kind: string(w.Kind), Node: w.Node, Detail: w.Detail})
	}
	return servers, warnings
}

func (s *Server) watchNodes() {
	s.node = s.self()
	s.nodes = nodes.Start(nodes.Options{Store: s.store, Self: s.node, Logger: s.logger, Registerer: s.metrics})
}
