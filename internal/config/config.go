// Package config is what an operator can set: one struct, filled from defaults, a YAML file, the environment and flags,
// in that order. A setting has one name, written three ways: `limits.max_event` in the file is PLAYHEAD_LIMITS_MAX_EVENT in
// the environment and --limits-max-event on the command line.
//
// Loading reports every problem at once, each with the name of the setting as it is written in the source it came from.
package config

//go:generate go test . -run TestReference -update

import (
	"log/slog"
	"net/url"
	"strings"
	"time"
)

// Config is every setting of a server. The tags are the reference: docs/config.md is generated from them.
//
//	yaml     the key in the file
//	default  the text a user would write for the default
//	example  what the reference shows
//	doc      a sentence or two for the reference and --help
//	flag     "-" keeps a setting off the command line, where every user of the machine can read it
//	only     the subcommand that knows the setting; the others refuse it as a flag
type Config struct {
	Listen string `yaml:"listen" default:"127.0.0.1:8000" doc:"Address to listen on. On any address that other machines can reach, the UI, /api and /metrics need a sign-in; capture does not."`
	Data   string `yaml:"data" default:"./playhead-data" doc:"Directory for everything that is stored. It is created when missing. One server at a time uses it. A node that has its token and cookie_key from here, and stores elsewhere, needs none."`
	Store  string `yaml:"store" default:"duckdb" doc:"Where events and the index of recordings lie: duckdb, in the data directory, or clickhouse://user:password@host:9000/database?cluster=NAME for any number of nodes. Write an address with a password into the file or the environment: other users of the machine can read flags."`
	Blocks string `yaml:"blocks" example:"s3://bucket/prefix?endpoint=https://minio.example.com:9000&region=eu-central-1" doc:"Where the bytes of recordings lie: a directory, or s3://bucket/prefix?endpoint=URL&region=NAME for any number of nodes. Without one, it is recordings in the data directory. Keys for S3 come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the shared credentials file or the machine's role; without an endpoint it is Amazon's."`
	// Retention is in whole days.
	Retention Duration `yaml:"retention" default:"0" example:"90d" doc:"How long everything is kept, in whole days: older events, prompts and answers, recordings and refusals are dropped some hours later. 0 keeps all of it. What is known of people is kept in any case. The same on all nodes."`
	Token     string   `yaml:"token" example:"phc_my_project" doc:"The project token that clients send, of the project named default. Without one, and without projects, a token is made on first start and kept in the data directory. Nodes of a cluster must be given one, or projects."`
	Tokens    []string `yaml:"tokens" example:"phc_old,phc_other" doc:"More tokens of the project named default, for instance an earlier one that pages still use. Separated by commas in the environment and flags."`
	// Projects are read by readProjects.
	Projects []Project `yaml:"projects" example:"[{name: shop, tokens: [phc_shop, phc_shop_old], retention_days: 90}, {name: help-desk, tokens: [phc_help]}]" doc:"Projects, each with data of its own that no other project shows. The token decides to which project an event belongs, so each token belongs to one project alone. retention_days is how many days a project keeps everything, 0 for all of it; without it, what retention says. The settings token and tokens are of the project named default. A project's name cannot be changed later: it is part of what is stored. The same on all nodes. docs/projects.md has more."`

	StorePassword string `yaml:"store_password" flag:"-" example:"s3cret" doc:"Password of the user that store names, for those who keep it apart from the address. Not a flag: other users of the machine could read it there."`

	AcceptLoss []string `yaml:"accept_loss" only:"serve" example:"7c3e91d2" doc:"Start although data are damaged, and continue without what is lost: the code that the refused start printed. It is valid for that loss alone, and does nothing once the start has succeeded. Separated by commas in the environment and flags."`

	AppListen string `yaml:"app_listen" default:"127.0.0.1:8001" only:"demo" doc:"Address of the demo's chat application."`

	Out string `yaml:"out" only:"export" example:"./playhead-export" doc:"Directory to export to. An interrupted export in this directory is resumed."`
	In  string `yaml:"in" only:"import" example:"./playhead-export" doc:"Directory of an export, to import. What was imported before is not imported again."`

	Since Duration `yaml:"since" default:"24h" only:"derive" doc:"How far back links are derived again: of everything of which an event or a part of the recording was received in this time."`

	PublicURL      string   `yaml:"public_url" example:"https://playhead.example.com" doc:"The address by which browsers reach this server when it is behind a proxy. Naming one that is not this machine's makes a sign-in necessary."`
	TrustedProxies []string `yaml:"trusted_proxies" example:"10.0.0.0/8,127.0.0.1" doc:"Addresses and networks of the proxies in front of this server. For requests from these proxies the client's address is taken from the X-Forwarded-For header, and limits count for that address; from anybody else the header is ignored. Without this setting all clients of a proxy share the limits of one address. Separated by commas in the environment and flags."`
	Password       string   `yaml:"password" flag:"-" example:"correct horse battery staple" doc:"Password of the UI and /api. Setting one makes a sign-in necessary on every address. Not a flag: other users of the machine could read it there."`
	CookieKey      string   `yaml:"cookie_key" flag:"-" example:"32-or-more-characters-that-nobody-can-guess" doc:"What signs the cookies of those who are signed in: 32 random characters or more, the same on all nodes. Without one, a key is made on first start and kept in the data directory. Not a flag: other users of the machine could read it there."`
	SignInLifetime Duration `yaml:"sign_in_lifetime" default:"30d" doc:"How long a browser stays signed in."`

	ClickHouse ClickHouse `yaml:"clickhouse"`
	S3         S3         `yaml:"s3"`
	Limits     Limits     `yaml:"limits"`
	Log        Log        `yaml:"log"`

	ShutdownDelay   Duration `yaml:"shutdown_delay" default:"0" example:"5s" doc:"How long a server that was told to stop keeps serving, while /readyz says 503, so that balancers notice and send it nothing more. Use more time than they need for that; 0 without a balancer."`
	ShutdownTimeout Duration `yaml:"shutdown_timeout" default:"10s" doc:"How long stopping takes at most, with shutdown_delay. Requests that are not done by then are cut, and their clients send them again. What was acknowledged is on disk in any case."`
}

// ClickHouse is about events that lie in ClickHouse. With duckdb none of it is used.
type ClickHouse struct {
	TextIndex bool `yaml:"text_index" default:"false" doc:"Keep an index of all parts of prompts and answers, so that rare text is found at once: 15 ms instead of some hundred for 100,000 events. It doubles the room that they take and the time to store them. The same on all nodes. Only for clickhouse."`
}

// S3 is about recordings that lie in S3. With a directory none of it is used.
type S3 struct {
	Window       Duration `yaml:"window" default:"1s" doc:"How long recordings gather before they are written as one object, and their senders get an answer. Each object costs a request: at 1s a busy node makes 3,600 an hour at most. Not used when blocks is a directory."`
	CompactAfter Duration `yaml:"compact_after" default:"30m" doc:"How long a session must have sent nothing to be rewritten into one object. 0 never rewrites, and never deletes unless retention is set. Not used when blocks is a directory."`
	Grace        Duration `yaml:"grace" default:"24h" doc:"How long an object stays when nothing points to it any more. Use more than any request may take; at least 1h. In a directory the same holds for files that retention has emptied."`
}

// Limits bound what one server takes. Past each of them a sender is told, and nothing else suffers.
type Limits struct {
	MaxBody        Bytes `yaml:"max_body" default:"64MiB" doc:"Largest request body as sent. Larger ones are answered with 413."`
	MaxDecoded     Bytes `yaml:"max_decoded" default:"256MiB" doc:"Largest request body after decompression. Larger ones are answered with 413."`
	MaxEvent       Bytes `yaml:"max_event" default:"8MiB" doc:"Most content that one event may have. The rest of a larger one is cut off, and the event is marked; recordings have no such limit."`
	MaxInFlight    Bytes `yaml:"max_in_flight" default:"256MiB" doc:"Bytes that all requests together may hold until they are stored, as sent, decoded and made into rows. Beyond that clients are asked to retry (503). One request that has arrived completely may use more, except for an eighth that is kept for others; a request that is alone may exceed the limit."`
	AddressShare   Share `yaml:"address_share" default:"50%" doc:"How much of max_in_flight, and of the connections, one address may have, an IPv6 network of /64 being one. Of memory it is a share of what the others leave, so that there is always something left for one more. Past it that address is asked to retry (503). See trusted_proxies."`
	TokenShare     Share `yaml:"token_share" default:"75%" doc:"How much of max_in_flight requests with one token may hold, when tokens names more than one. Past it clients with that token are asked to retry (503)."`
	MinRate        Bytes `yaml:"min_rate" default:"1KiB" doc:"Bytes of a body that must arrive a second, on the average after the first ten seconds. Slower ones are answered with 408 and give their memory back. 0 is no limit but the minute that a body may take."`
	MaxConnections int   `yaml:"max_connections" default:"0" doc:"How many connections there may be. When there are as many, the one that was idle longest is closed for a new one; when none is idle, the new one is turned away (503). 0 is three quarters of the files that the system lets the server open, at most 4096."`
	MinFree        Bytes `yaml:"min_free" default:"256MiB" doc:"Free space to leave on the data directory's disk. With less, capture answers 503 and clients retry."`
}

// Log is about the server's own log, which goes to standard error.
type Log struct {
	Level  slog.Level `yaml:"level" default:"info" doc:"Least level to log: debug, info, warn or error."`
	Format string     `yaml:"format" default:"text" doc:"text for people, json for machines."`
}

// Clustered says that events lie in a server of their own, which other nodes may use at the same time.
func (c *Config) Clustered() bool { return c.Store != DuckDB }

// BlocksInS3 says that recordings lie where other nodes reach them.
func (c *Config) BlocksInS3() bool { return strings.HasPrefix(c.Blocks, s3Scheme) }

const s3Scheme = "s3://"

// DuckDB is the store that is part of the program.
const DuckDB = "duckdb"

// StoreURL is the store's address with its password; StoreName is the same for people and logs, without it.
func (c *Config) StoreURL() string {
	u, err := url.Parse(c.Store)
	if err != nil || c.StorePassword == "" {
		return c.Store
	}
	u.User = url.UserPassword(u.User.Username(), c.StorePassword)
	return u.String()
}

// StoreName is the store for people and logs: what could be a secret is left out.
func (c *Config) StoreName() string {
	u, err := url.Parse(c.Store)
	if err != nil || !c.Clustered() {
		return DuckDB
	}
	name := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if cluster := u.Query().Get("cluster"); cluster != "" {
		name.RawQuery = url.Values{"cluster": {cluster}}.Encode()
	}
	return name.String()
}

// Default returns the settings of a server that was told nothing.
func Default() *Config {
	c := new(Config)
	for _, s := range settings(c) {
		if err := s.set(s.Default); err != nil {
			panic("the default of " + s.Key + " is not valid: " + err.Error()) // a programming error, found by any test
		}
	}
	return c
}

// retentionDays is the setting of that name in days.
func (c *Config) retentionDays() int { return int(time.Duration(c.Retention) / (24 * time.Hour)) }

// year bounds how long a sign-in may last, and ten of them how long everything is kept: longer ones lead behind the
// last time that ClickHouse counts with.
const year = Duration(365 * 24 * time.Hour)
