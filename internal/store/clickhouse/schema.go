package clickhouse

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/store"
)

//go:embed migrations/*.sql migrations/cluster/*.sql
var migrationFiles embed.FS

// firstVersion is the oldest schema that this version can update. Older ones had no projects.
const firstVersion = 10

// oldest is the release that the suite runs against; some older ones lack settings that results depend on.
var oldest = [2]int{26, 7}

// kind determines a schema's statements.
type kind struct {
	place
	replicated bool
	// replicas is the minimum number of replicas of each shard, 0 for one server.
	replicas uint64
}

// suffix is the suffix of the names of a server's own tables. In a cluster, the tables without suffix are those over all servers.
func (k kind) suffix() string {
	if k.cluster == "" {
		return ""
	}
	return "_local"
}

// engine is the engine of tables, with or without merging the copies of a row.
func (k kind) engine(replacing bool) string {
	// The path contains the table's name, not its UUID (the default), because each replica's table is created by a separate statement.
	const path = "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'"
	switch {
	case replacing && k.replicated:
		return "ReplicatedReplacingMergeTree(" + path + ", version)"
	case replacing:
		return "ReplacingMergeTree(version)"
	case k.replicated:
		return "ReplicatedMergeTree(" + path + ")"
	}
	return "MergeTree"
}

// durable are the settings of a table with which acknowledged data survive a crash.
func (k kind) durable() string {
	const durable = "fsync_after_insert = 1, fsync_part_directory = 1"
	if k.replicated {
		return durable + ", min_compressed_bytes_to_fsync_after_fetch = 1" // for data that a replica fetches from another one
	}
	return durable
}

// migrations returns the steps for a kind of server, each a list of statements, in order: step i leads to schema version firstVersion+i. They create
// everything except the tables of definitions. A released step never changes. Each statement may be run twice, and by two nodes at the same time.
func migrations(k kind) [][]string {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql") // sorted
	if err != nil {
		panic(err)
	}
	var steps [][]string
	for i, name := range names {
		if !strings.HasPrefix(name, fmt.Sprintf("migrations/%04d_", firstVersion+i)) {
			panic(name + " does not follow the file before it")
		}
		statements := statementsOf(name, k)
		if k.cluster != "" {
			over := strings.Replace(name, "migrations/", "migrations/cluster/", 1)
			if _, err := fs.Stat(migrationFiles, over); err == nil {
				statements = append(statements, statementsOf(over, k)...)
			}
		}
		steps = append(steps, statements)
	}
	return steps
}

func statementsOf(file string, k kind) []string {
	text, err := migrationFiles.ReadFile(file)
	if err != nil {
		panic(err) // the files are compiled in
	}
	names := strings.NewReplacer(
		"@local", k.suffix(),
		"@replacing", k.engine(true),
		"@cluster", "`"+k.cluster+"`",
		"@database", "`"+k.database+"`",
	)
	var statements []string
	for statement := range strings.SplitSeq(string(text), ";\n") {
		if lines := slices.DeleteFunc(strings.Split(statement, "\n"), func(line string) bool {
			return line == "" || strings.HasPrefix(strings.TrimSpace(line), "--")
		}); len(lines) > 0 {
			statements = append(statements, names.Replace(strings.Join(lines, "\n")))
		}
	}
	return statements
}

// migrate updates every server concerned to this version's schema, and returns their kind.
func migrate(ctx context.Context, options *ch.Options, at place, o *Options) (k kind, err error) {
	first, err := connect(ctx, options, at)
	if err != nil {
		return k, fmt.Errorf("connect to clickhouse: %w", classify(err))
	}
	defer first.Close()
	k = kind{place: at}
	if at.cluster == "" {
		return k, migrateServer(ctx, first, k, o, options.Addr[0])
	}
	var hosts []string
	err = query(ctx, first, "schema_hosts", values{"cluster": at.cluster}, func(r driver.Rows) error {
		var host string
		var port uint16
		var keeper uint8
		err := r.Scan(&host, &port, &keeper, &k.replicas)
		hosts = append(hosts, net.JoinHostPort(host, strconv.Itoa(int(port))))
		k.replicated = keeper != 0
		return err
	})
	if err != nil {
		return k, fmt.Errorf("who belongs to cluster %q: %w", at.cluster, classify(err))
	}
	if len(hosts) == 0 {
		return k, fmt.Errorf("clickhouse has no cluster %q: add it to its remote_servers", at.cluster)
	}
	if k.replicas > 1 && !k.replicated {
		return k, fmt.Errorf("shards of cluster %q have several replicas, but its servers have no Keeper, so each row would be on one replica only: set up Keeper, or name one replica for each shard", at.cluster)
	}
	for _, host := range hosts {
		one := *options
		one.Addr = []string{host}
		if err := migrateHost(ctx, &one, k, o); err != nil {
			return k, err
		}
	}
	return k, nil
}

func migrateHost(ctx context.Context, options *ch.Options, k kind, o *Options) error {
	conn, err := connect(ctx, options, k.place)
	if err != nil {
		return fmt.Errorf("connect to %s of cluster %q: %w", options.Addr[0], k.cluster, classify(err))
	}
	defer conn.Close()
	return migrateServer(ctx, conn, k, o, options.Addr[0])
}

// connect connects to the database and creates it if it is missing.
func connect(ctx context.Context, options *ch.Options, at place) (driver.Conn, error) {
	one := *options
	one.MaxOpenConns, one.MaxIdleConns = 1, 1
	one.ConnOpenStrategy = ch.ConnOpenInOrder // both connections must use the same server: another one may not have the database yet
	anywhere := one
	anywhere.Auth.Database = ""
	if err := makeDatabase(ctx, &anywhere, at.database); err != nil {
		return nil, err
	}
	return ch.Open(&one)
}

// makeDatabase first checks whether the database exists, because a user without the right to create databases may have been given one.
func makeDatabase(ctx context.Context, options *ch.Options, database string) error {
	conn, err := ch.Open(options)
	if err != nil {
		return err
	}
	defer conn.Close()
	var known uint64
	err = query(ctx, conn, "database_known", values{"database": database}, func(r driver.Rows) error { return r.Scan(&known) })
	if err != nil || known > 0 {
		return err
	}
	if err := conn.Exec(ctx, "CREATE DATABASE IF NOT EXISTS `"+database+"`"); err != nil {
		return fmt.Errorf("make database %s: %w", database, err)
	}
	return nil
}

// migrateServer updates one server.
func migrateServer(ctx context.Context, conn driver.Conn, k kind, o *Options, address string) error {
	if err := tooOld(ctx, conn); err != nil {
		return fmt.Errorf("clickhouse at %s: %w", address, err)
	}
	if err := conn.Exec(ctx, queries["schema_create"]); err != nil {
		return fmt.Errorf("read schema version of %s: %w", address, classify(err))
	}
	reached := 0
	err := query(ctx, conn, "schema_version", nil, func(r driver.Rows) error {
		var version uint64
		err := r.Scan(&version)
		reached = int(version)
		return err
	})
	if err != nil {
		return fmt.Errorf("read schema version of %s: %w", address, classify(err))
	}
	steps := migrations(k)
	last := firstVersion + len(steps) - 1
	switch {
	case reached > last:
		return fmt.Errorf("%w: database %s at %s has schema version %d, this version of Playhead knows up to %d; run the version that wrote it, or a newer one",
			store.ErrNewer, k.database, address, reached, last)
	case reached > 0 && reached < firstVersion:
		return fmt.Errorf("%w: database %s at %s has schema version %d, from before there were projects; export it with the version of Playhead that wrote it and import the export into a new database, or name another database",
			store.ErrOlder, k.database, address, reached)
	}
	described, err := describe(ctx, conn, k, address)
	if err != nil {
		return err
	}
	if err := changeAll(ctx, conn, k, described, address); err != nil {
		return err
	}
	for version := max(reached+1, firstVersion); version <= last; version++ {
		if err := changeAll(ctx, conn, k, steps[version-firstVersion], address); err != nil {
			return err
		}
		if err := conn.Exec(ctx, queries["schema_reached"], ch.Named("version", uint64(version))); err != nil {
			return fmt.Errorf("bring schema of %s to version %d: %w", address, version, classify(err))
		}
		o.Logger.Info("clickhouse schema brought up to date", "server", address, "database", k.database, "version", version, "replicated", k.replicated)
	}
	if o.AsIs {
		return nil
	}
	if err := textIndex(ctx, conn, k, o.TextIndex, address); err != nil {
		return err
	}
	return retain(ctx, conn, k, o.Retention, address)
}

// describe returns the statements that bring a server's tables in line with their descriptions.
func describe(ctx context.Context, conn driver.Conn, k kind, address string) ([]string, error) {
	known := map[string][]string{}
	err := query(ctx, conn, "schema_columns", nil, func(r driver.Rows) error {
		var table, name string
		err := r.Scan(&table, &name)
		known[table] = append(known[table], name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read tables of %s: %w", address, classify(err))
	}
	var all []string
	for _, d := range definitions {
		statements, newer := d.statements(k, known)
		if newer != "" {
			return nil, fmt.Errorf("%w: %s of database %s at %s have a column %s, which this version of Playhead does not know; run the version that wrote them, or a newer one",
				store.ErrNewer, d.name, k.database, address, newer)
		}
		all = append(all, statements...)
	}
	return all, nil
}

// changeAll runs statements that change the schema, and waits until the tables accept writes.
func changeAll(ctx context.Context, conn driver.Conn, k kind, statements []string, address string) error {
	for _, statement := range statements {
		if err := change(ctx, conn, statement); err != nil {
			return fmt.Errorf("bring schema of %s up to date: %w", address, classify(err))
		}
	}
	if k.replicated && len(statements) > 0 {
		if err := writable(ctx, conn); err != nil {
			return fmt.Errorf("bring schema of %s up to date: %w", address, classify(err))
		}
	}
	return nil
}

// change runs a statement that changes a table. A replicated table cannot be changed for some milliseconds after it was created, nor while it is
// about to apply a change of another replica.
func change(ctx context.Context, conn driver.Conn, statement string) error {
	return soon(ctx, func() (again bool, err error) {
		err = conn.Exec(ctx, statement)
		var exception *ch.Exception
		again = errors.As(err, &exception) && (exception.Code == codeCannotAssignAlter || exception.Code == codeTableIsReadOnly)
		return again, err
	})
}

// writable waits until a server's replicated tables accept writes, which takes some milliseconds after they were created.
func writable(ctx context.Context, conn driver.Conn) error {
	return soon(ctx, func() (again bool, err error) {
		var tables []string
		err = query(ctx, conn, "schema_readonly", nil, func(r driver.Rows) error { return r.Scan(&tables) })
		if err == nil && len(tables) > 0 {
			return true, fmt.Errorf("%v cannot be written to: is Keeper reachable?", tables)
		}
		return false, err
	})
}

// soon retries for a while.
func soon(ctx context.Context, try func() (again bool, err error)) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		again, err := try()
		if !again {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return err
		}
	}
}

func tooOld(ctx context.Context, conn driver.Conn) error {
	version, err := conn.ServerVersion()
	if err != nil {
		return classify(err)
	}
	if v := version.Version; int(v.Major) < oldest[0] || (int(v.Major) == oldest[0] && int(v.Minor) < oldest[1]) {
		return fmt.Errorf("is version %d.%d, %d.%d or newer is needed", v.Major, v.Minor, oldest[0], oldest[1])
	}
	return nil
}
