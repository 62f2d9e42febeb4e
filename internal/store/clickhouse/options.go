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

// Options are the addresses of the servers, and settings. Only URL is required.
type Options struct {
	// URL is clickhouse://user:password@host:9000/database?cluster=NAME. Several hosts are separated by commas; each connection begins with a random one
	// and tries the others, which distributes the work. Other settings after "?" are those of clickhouse-go (secure=true,
	// connection_open_strategy=in_order) or of ClickHouse itself (insert_quorum=auto).
	URL string
	// Retention is after how many days rows are dropped, at most 3650.
	Retention store.Retention
	// TextIndex keeps an index of all parts of prompts and answers, see textIndex.
	TextIndex bool
	// AsIs leaves both settings as they are in the database, for tools that run beside nodes that set them.
	AsIs bool
	// Connections is the maximum number of simultaneous queries, and separately of commits; 0 is the default.
	Connections int
	// QueryTimeout and CommitTimeout are the longest times of a query and of a commit; 0 means the default.
	QueryTimeout, CommitTimeout time.Duration
	// Now is the clock that orders two copies of a row; nil means the system's.
	Now func() time.Time
	// Logger is for messages to the operator, such as a schema update. Nil discards them.
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

// place is the part of the URL that is not about the connection.
type place struct {
	database string
	cluster  string // "" for one server
}

// name matches the names of databases and clusters that may be part of a statement, because they cannot be bound.
var name = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,63}$`)

// parse reads the URL. Its errors do not contain the password.
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

// settings are required for correct results, whatever the user's profile has. The URL can override them.
type settings ch.Settings

func (s settings) addTo(options *ch.Options) {
	for setting, value := range s {
		if _, given := options.Settings[setting]; !given {
			options.Settings[setting] = value
		}
	}
}

var always = settings{
	// A commit is a batch already, and its insert must be answered after it is written: figures are in docs/adr/0008-clickhouse.md.
	"async_insert":                    0,
	"distributed_foreground_insert":   1,
	"max_partitions_per_insert_block": 0, // a client may send years of history at once
	"max_insert_block_size":           1 << 20,
	// All copies of a row are in the same partition, because the partition's expression is part of the sorting key.
	"do_not_merge_across_partitions_select_final": 1,
	// A subquery that is not GLOBAL reads the shard's own table.
	"distributed_product_mode":           "local",
	"join_use_nulls":                     0,
	"aggregate_functions_null_for_empty": 0,
	"skip_unavailable_shards":            0,
	// By default, replicas drop blocks of rows that are equal to earlier ones. Rows have keys, so this is not needed; refusals have none, and equal
	// ones must count separately.
	"insert_deduplicate": 0,
}

// replicas are the settings for shards with several replicas: acknowledged data are on two of them, and readers use the replica to which they were
// written while it is available.
var replicas = settings{
	"insert_quorum":            2,
	"insert_quorum_timeout":    20_000, // ms; shorter than the timeout of a commit
	"load_balancing":           "in_order",
	"prefer_localhost_replica": 0,
}
