package clickhouse

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"time"

	ch "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/playheadhq/playhead/internal/store"
)

// Options say where the servers are. Only URL is needed.
type Options struct {
	// URL is clickhouse://user:password@host:9000/database?cluster=NAME. Several hosts stand with commas between them; each
	// connection begins with any of them and tries the others, so that all have their part of the work. Other settings after
	// "?" are those of clickhouse-go (secure=true, connection_open_strategy=in_order) or of ClickHouse itself
	// (insert_quorum=auto).
	URL string
	// Retention is after how many days rows are dropped, at most 3650.
	Retention store.Retention
	// TextIndex keeps an index of all parts of prompts and answers, see textIndex.
	TextIndex bool
	// AsIs leaves both of these as they are in the database: for tools, which run beside nodes that know better.
	AsIs bool
	// Connections is how many queries, and beside them how many commits, may run at once; 0 is the default.
	Connections int
	// QueryTimeout and CommitTimeout end what takes longer, as if its caller had; 0 is the default.
	QueryTimeout, CommitTimeout time.Duration
	// Now is the clock that says which of two copies of a row was first; nil is the system's.
	Now func() time.Time
	// Logger gets what an operator should know: a schema brought up to date. Nil discards.
	Logger *slog.Logger
}

const (
	defaultConnections   = 8
	defaultQueryTimeout  = time.Minute
	defaultCommitTimeout = 30 * time.Second
	dialTimeout          = 5 * time.Second
)

func (o Options) withDefaults() Options {
	o.Connections = cmp.Or(o.Connections, defaultConnections)
	o.QueryTimeout = cmp.Or(o.QueryTimeout, defaultQueryTimeout)
	o.CommitTimeout = cmp.Or(o.CommitTimeout, defaultCommitTimeout)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// place is what the URL says, apart from how to connect.
type place struct {
	database string
	cluster  string // "" for one server
}

// name is what may stand in a statement as a database's or cluster's name: such names cannot be bound.
var name = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,63}$`)

// parse reads the URL. Its errors do not tell the password.
func (o *Options) parse() (*ch.Options, place, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, place{}, fmt.Errorf("clickhouse url is not valid: clickhouse://user:password@host:9000/database is its form")
	}
	values := u.Query()
	at := place{cluster: values.Get("cluster")}
	values.Del("cluster")
	u.RawQuery = values.Encode()
	if u.Scheme != "clickhouse" || u.Host == "" {
		return nil, at, fmt.Errorf("clickhouse url %s: clickhouse://user:password@host:9000/database is its form", u.Redacted())
	}
	options, err := ch.ParseDSN(u.String())
	if err != nil {
		return nil, at, fmt.Errorf("clickhouse url %s: %w", u.Redacted(), err)
	}
	at.database = options.Auth.Database
	if !name.MatchString(at.database) {
		return nil, at, fmt.Errorf("clickhouse url %s: it must end in a database's name of letters, digits, _ and -", u.Redacted())
	}
	if at.cluster != "" && !name.MatchString(at.cluster) {
		return nil, at, fmt.Errorf("clickhouse url %s: cluster %q is not a name of letters, digits, _ and -", u.Redacted(), at.cluster)
	}
	if !values.Has("connection_open_strategy") {
		options.ConnOpenStrategy = ch.ConnOpenRandom
	}
	options.MaxOpenConns, options.MaxIdleConns = o.Connections, o.Connections
	options.DialTimeout = cmp.Or(options.DialTimeout, dialTimeout)
	options.ConnMaxLifetime = cmp.Or(options.ConnMaxLifetime, time.Hour)
	options.BlockBufferSize = 10
	if options.Compression == nil {
		options.Compression = &ch.Compression{Method: ch.CompressionLZ4}
	}
	if options.TLS != nil {
		options.TLS.MinVersion = tls.VersionTLS12
	}
	if options.Settings == nil {
		options.Settings = ch.Settings{}
	}
	options.DialContext = func(ctx context.Context, addr string) (net.Conn, error) { return dial(ctx, addr, options.TLS) }
	always.addTo(options)
	return options, at, nil
}

// settings are those that results rely on, whatever the user's profile says. The URL may say otherwise.
type settings ch.Settings

func (s settings) addTo(options *ch.Options) {
	for setting, value := range s {
		if _, given := options.Settings[setting]; !given {
			options.Settings[setting] = value
		}
	}
}

var always = settings{
	// A commit is a batch already, and its insert is to be answered when it is written: figures in docs/adr/0008-clickhouse.md.
	"async_insert":                    0,
	"distributed_foreground_insert":   1,
	"max_partitions_per_insert_block": 0, // a client that sends years of history at once may
	"max_insert_block_size":           1 << 20,
	// All copies of a row lie in the same partition, because its expression is one of the sorting key.
	"do_not_merge_across_partitions_select_final": 1,
	// A subquery that is not GLOBAL asks the shard's own table.
	"distributed_product_mode":           "local",
	"join_use_nulls":                     0,
	"aggregate_functions_null_for_empty": 0,
	"skip_unavailable_shards":            0,
	// Replicas drop blocks of rows that they have had before. Rows have keys; refusals have none, and equal ones are several.
	"insert_deduplicate": 0,
}

// replicas are for shards of several replicas: what is acknowledged is on two of them, and whoever reads asks the one that
// was written to for as long as it is there.
var replicas = settings{
	"insert_quorum":            2,
	"insert_quorum_timeout":    20_000, // ms; less than a commit may take
	"load_balancing":           "in_order",
	"prefer_localhost_replica": 0,
}
