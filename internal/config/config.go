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

	"github.com/playheadhq/playhead/internal/price"
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
	// OTLPGRPC is the address of OTLP over gRPC, "" for none.
	OTLPGRPC string `yaml:"otlp_grpc" example:"127.0.0.1:4317" doc:"Address on which OpenTelemetry's exporters can send over gRPC, without TLS. Off by default: OTLP over HTTP is always taken, at /v1/traces on the address of listen."`
	Data     string `yaml:"data" default:"./playhead-data" doc:"Directory for everything that is stored. It is created when missing. Only one server at a time can use it. A node that gets its token and cookie_key from the settings, and stores its data elsewhere, needs no directory."`
	Store    string `yaml:"store" default:"duckdb" doc:"The storage of events and of the index of recordings: duckdb, in the data directory, or clickhouse://user:password@host:9000/database?cluster=NAME for any number of nodes. Write an address with a password into the file or the environment: other users of the machine can read flags."`
	Blocks   string `yaml:"blocks" example:"s3://bucket/prefix?endpoint=https://minio.example.com:9000&region=eu-central-1" doc:"The storage of the bytes of recordings: a directory, or s3://bucket/prefix?endpoint=URL&region=NAME for any number of nodes. By default the directory recordings in the data directory. Keys for S3 come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the shared credentials file or the machine's role; the default endpoint is Amazon's."`
	// Retention is in whole days.
	Retention Duration `yaml:"retention" default:"0" example:"90d" doc:"How long everything is kept, in whole days: older events, prompts and answers, recordings and refusals are dropped some hours later. 0 keeps everything. Facts about people are always kept. It must be the same on all nodes."`
	Token     string   `yaml:"token" example:"phc_my_project" doc:"The project token that clients of the project named default send. Without it, and without projects, a token is created on the first start and kept in the data directory. Nodes of a cluster must be given one, or projects."`
	Tokens    []string `yaml:"tokens" example:"phc_old,phc_other" doc:"More tokens of the project named default, for instance an earlier one that pages still use. Separated by commas in the environment and flags."`
	// Projects are read by readProjects.
	Projects []Project `yaml:"projects" example:"[{name: shop, tokens: [phc_shop, phc_shop_old], retention_days: 90}, {name: help-desk, tokens: [phc_help]}]" doc:"Projects, each with its own data, which no other project shows. The token determines the project of an event, so each token belongs to exactly one project. retention_days is how many days a project keeps its data, 0 for ever; the default is the setting retention. The settings token and tokens belong to the project named default. A project's name cannot be changed later, because it is stored with the data. It must be the same on all nodes. docs/projects.md has more."`

	// Prices are read by readPrices.
	Prices []price.Own `yaml:"prices" example:"[{model: acme-large, input: 2.5, output: 10}, {model: gpt-4o*, provider: azure, since: 2026-05-01, input: 2.75, cache_read: 1.375, output: 11}]" doc:"Prices of models. In US dollars per million tokens: input, output, cache_read, cache_write, cache_write_1h, cache_read_audio, input_audio, output_audio, input_image, output_image, reasoning; per thousand: web_search, request. They have priority over the price lists that are part of Playhead. model is the complete name that clients send, in upper or lower case, or the beginning of it followed by *. With provider, a price is only for this provider; with since, it is valid from this day on (UTC). Stored events keep their costs until playhead reprice. The same on all nodes. docs/cost.md has more."`

	ReactionWeights []string `yaml:"reaction_weights" example:"copied=0.6,left=-0.2" doc:"What kinds of reactions to an answer add to its score, from -1 to 1, where that is not the default: copied, selected, followed_link, retried, asked_again, raged, dead_click, scrolled_away, switched_away, reloaded, stopped, left, thumbs_up, thumbs_down, thanked, complained, went_on. docs/truth.md has the formula and the defaults. Reactions are weighed when they are read, so that it applies to all. Separated by commas in the environment and flags. It must be the same on all nodes."`

	StorePassword string `yaml:"store_password" flag:"-" example:"s3cret" doc:"Password of the user in store, if the address does not contain it. Not a flag: other users of the machine could read it there."`

	AcceptLoss []string `yaml:"accept_loss" only:"serve" example:"7c3e91d2" doc:"Start with damaged data, and continue without the lost part: the code that the refused start printed. It is valid only for that loss, and has no effect after the start has succeeded. Separated by commas in the environment and flags."`

	AppListen string `yaml:"app_listen" default:"127.0.0.1:8001" only:"demo" doc:"Address of the demo's chat application."`

	History bool `yaml:"history" default:"true" only:"demo" doc:"Send thirty days of made-up history at the first start: 20,000 generations and 1,500 recorded sessions of a shop's assistant, a coding agent and a search box. A later start with the same data directory does not send it again."`

	Out string `yaml:"out" only:"export" example:"./playhead-export" doc:"Directory to export to. An interrupted export in this directory is resumed."`
	In  string `yaml:"in" only:"import" example:"./playhead-export" doc:"Directory of the export to import. Data that were imported before are not imported again."`

	MCPToken string `yaml:"mcp_token" flag:"-" only:"mcp" example:"phr_32-or-more-characters-that-nobody-can-guess" doc:"The read token that playhead mcp sends to the server: one of its read_tokens. Not needed if the server asks for no sign-in. Not a flag: other users of the machine could read it there."`

	From string `yaml:"from" only:"reprice" example:"2026-05-01" doc:"Start of the range in which costs are calculated again: a day (UTC), or an instant such as 2026-05-01T12:00:00Z. Default: the beginning."`
	To   string `yaml:"to" only:"reprice" example:"2026-06-01" doc:"End of the range, not included. Default: no end."`

	Since Duration `yaml:"since" default:"24h" only:"derive" doc:"How far back links are derived again: for all traces and sessions with an event or a part of the recording received in this time."`

	PublicURL      string   `yaml:"public_url" example:"https://playhead.example.com" doc:"The address that browsers use for this server when it is behind a proxy. An address that is not this machine's makes a sign-in necessary."`
	TrustedProxies []string `yaml:"trusted_proxies" example:"10.0.0.0/8,127.0.0.1" doc:"Addresses and networks of the proxies in front of this server. For requests from these proxies the client's address is taken from the X-Forwarded-For header, and limits apply to that address. In all other requests the header is ignored. Without this setting, all clients of a proxy share the limits of one address. Separated by commas in the environment and flags."`
	Password       string   `yaml:"password" flag:"-" example:"correct horse battery staple" doc:"Password of the UI and /api. Setting one makes a sign-in necessary on every address. Not a flag: other users of the machine could read it there."`
	// ReadTokens are read by readReadTokens.
	ReadTokens     []ReadToken `yaml:"read_tokens" flag:"-" example:"[{name: claude, token: phr_32-or-more-characters-that-nobody-can-guess}]" doc:"Tokens for programs that only read: agents at /mcp, and scripts at /api. Each has a name, which the log shows with each call of an agent. Programs send the token as Authorization: Bearer TOKEN. A token reads all projects. The same on all nodes. Not a flag: other users of the machine could read it there. docs/mcp.md has more."`
	CookieKey      string      `yaml:"cookie_key" flag:"-" example:"32-or-more-characters-that-nobody-can-guess" doc:"The key that signs the cookies of signed-in browsers and links for guests: 32 random characters or more, the same on all nodes. Without it, a key is created on the first start and kept in the data directory. Not a flag: other users of the machine could read it there."`
	SignInLifetime Duration    `yaml:"sign_in_lifetime" default:"30d" doc:"How long a browser stays signed in."`

	ClickHouse ClickHouse `yaml:"clickhouse"`
	S3         S3         `yaml:"s3"`
	Assets     Assets     `yaml:"assets"`
	Limits     Limits     `yaml:"limits"`
	Log        Log        `yaml:"log"`

	ShutdownDelay   Duration `yaml:"shutdown_delay" default:"0" example:"5s" doc:"How long a server keeps serving after the order to stop, while /readyz answers 503, so that load balancers notice and send no more requests. Use more time than they need to notice; 0 without a load balancer."`
	ShutdownTimeout Duration `yaml:"shutdown_timeout" default:"10s" doc:"The longest time for stopping, including shutdown_delay. Requests that are not finished by then are cut off, and their clients send them again. Acknowledged data are on disk in any case."`
}

// ClickHouse has the settings of events in ClickHouse. They are not used with duckdb.
type ClickHouse struct {
	TextIndex bool `yaml:"text_index" default:"false" doc:"Keep an index of all parts of words in prompts and answers, so that rare text is found at once: 15 ms instead of several hundred for 100,000 events. It doubles their disk space and the time to store them. It must be the same on all nodes. Only for clickhouse."`
}

// S3 has the settings of recordings in S3. They are not used with a directory.
type S3 struct {
	Window       Duration `yaml:"window" default:"1s" doc:"How long recordings are collected before they are written as one object and their senders get an answer. Each object costs a request: at 1s a busy node writes at most 3,600 an hour. Not used when blocks is a directory."`
	CompactAfter Duration `yaml:"compact_after" default:"30m" doc:"How long a session must have sent nothing before it is rewritten into one object. 0 disables rewriting, and also deleting unless retention is set. Not used when blocks is a directory."`
	Grace        Duration `yaml:"grace" default:"24h" doc:"How long an unused object is kept. Use more than the longest request; at least 1h. In a directory, this applies to files whose data retention has dropped."`
}

// Assets has the settings of what recorded pages refer to on other hosts.
type Assets struct {
	Hosts      []string `yaml:"hosts" example:"cdn.example.com,fonts.example.org" doc:"Hosts from which the stylesheets, fonts and images that recorded pages refer to are fetched, once each, so that replays show them although they contact no other host. Off by default: nothing is fetched. *.example.com, in quotes in the file, stands for every host below example.com; a port is only written if it is not the usual one. Addresses in private networks are never contacted, and cookies are never sent. Separated by commas in the environment and flags. It must be the same on all nodes."`
	MaxSize    Bytes    `yaml:"max_size" default:"4MiB" doc:"Size of the largest asset that is fetched, decompressed."`
	Timeout    Duration `yaml:"timeout" default:"10s" doc:"How long a host may take to send an asset, including redirects, of which there may be three."`
	PerSession int      `yaml:"per_session" default:"200" doc:"How many assets that are not known yet one session may lead to."`
}

// Limits are the limits of one server. A sender beyond a limit gets an error, and others are not affected.
type Limits struct {
	MaxBody        Bytes `yaml:"max_body" default:"64MiB" doc:"Largest request body as sent. Larger ones are answered with 413."`
	MaxDecoded     Bytes `yaml:"max_decoded" default:"256MiB" doc:"Largest request body after decompression. Larger ones are answered with 413."`
	MaxEvent       Bytes `yaml:"max_event" default:"16MiB" doc:"The most content of one event. The rest of a larger event is cut off, and the event is marked as truncated; recordings have no such limit."`
	MaxInFlight    Bytes `yaml:"max_in_flight" default:"256MiB" doc:"Memory that all requests together may use until they are stored: as sent, decoded, and as rows. Beyond this, clients are asked to retry (503). One request that has arrived completely may use more, except for an eighth that stays reserved for others; a single request may exceed the limit."`
	AddressShare   Share `yaml:"address_share" default:"50%" doc:"The share of max_in_flight and of the connections that one address may use; an IPv6 network of /64 counts as one address. For memory it is a share of what the others leave free, so that there is always some left for one more address. Beyond this, the address is asked to retry (503). See trusted_proxies."`
	TokenShare     Share `yaml:"token_share" default:"75%" doc:"The share of max_in_flight that requests with one token may use, when there are several tokens. Beyond this, clients with that token are asked to retry (503)."`
	MinRate        Bytes `yaml:"min_rate" default:"1KiB" doc:"The least rate at which a body must arrive, in bytes a second, on average after the first ten seconds. Slower requests are answered with 408 and their memory is freed. With 0, the only limit is one minute for a body."`
	MaxConnections int   `yaml:"max_connections" default:"0" doc:"The most connections. When the limit is reached, a new connection replaces the one that was idle longest, or else one of the address with the most. An address with its equal part or more only replaces its own idle ones; without any, its new connection is refused (503). 0 means three quarters of the system's limit of open files, at most 4096."`
	MinFree        Bytes `yaml:"min_free" default:"256MiB" doc:"Free space to leave on the data directory's disk. With less, capture answers 503 and clients retry."`
}

// Log has the settings of the server's log, which goes to standard error.
type Log struct {
	Level  slog.Level `yaml:"level" default:"info" doc:"Lowest level to log: debug, info, warn or error."`
	Format string     `yaml:"format" default:"text" doc:"text for people, json for machines."`
}

// Clustered reports whether events are in a separate storage that other servers may use at the same time.
func (c *Config) Clustered() bool { return c.Store != DuckDB }

// BlocksInS3 reports whether recordings are in S3, where other servers can read them.
func (c *Config) BlocksInS3() bool { return strings.HasPrefix(c.Blocks, s3Scheme) }

const s3Scheme = "s3://"

// DuckDB is the store that is part of the program.
const DuckDB = "duckdb"

// StoreURL returns the store's address with its password. StoreName returns it for people and logs, without the password.
func (c *Config) StoreURL() string {
	u, err := url.Parse(c.Store)
	if err != nil || c.StorePassword == "" {
		return c.Store
	}
	u.User = url.UserPassword(u.User.Username(), c.StorePassword)
	return u.String()
}

// StoreName returns the store's address for people and logs, without secrets.
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

// Default returns the default settings.
func Default() *Config {
	c := new(Config)
	for _, s := range settings(c) {
		if err := s.set(s.Default); err != nil {
			panic("the default of " + s.Key + " is not valid: " + err.Error()) // a programming error, found by any test
		}
	}
	return c
}

// retentionDays returns the setting retention in days.
func (c *Config) retentionDays() int { return int(time.Duration(c.Retention) / (24 * time.Hour)) }

// year is the longest sign-in, and ten years the longest retention: longer ones would exceed the last time that
// ClickHouse can represent.
const year = Duration(365 * 24 * time.Hour)
