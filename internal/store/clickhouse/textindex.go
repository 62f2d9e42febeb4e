package clickhouse

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// textIndex makes a server keep or drop the index that finds contents by any part of their text. It is optional, because for most users it costs more
// than it saves. Of 100,000 events with 460 bytes of compressed text each, on two cores:
//
//	                    bytes an event   insert of 1,500   rare text found in
//	none                             0             75 ms        230 - 460 ms
//	ngrams(3)                      771       160 - 440 ms               15 ms
//	splitByNonAlpha                380                     190 - 300 ms, all words are read to find a part of one
//	sparseGrams                  4,728      18 times as long            15 ms
//
// Common words need no index: they occur in the newest events, which lists read first. Data that were stored before the index was added are read
// without it until somebody runs "ALTER TABLE contents MATERIALIZE INDEX …".
func textIndex(ctx context.Context, conn driver.Conn, k kind, wanted bool, address string) error {
	table := "contents" + k.suffix()
	var n uint64
	err := query(ctx, conn, "text_index", values{"table": table}, func(r driver.Rows) error { return r.Scan(&n) })
	if err != nil {
		return fmt.Errorf("read indexes of %s at %s: %w", table, address, classify(err))
	}
	if wanted == (n > 0) {
		return nil
	}
	statement := "ALTER TABLE " + table + " DROP INDEX IF EXISTS input_parts, DROP INDEX IF EXISTS output_parts"
	if wanted {
		statement = "ALTER TABLE " + table +
			" ADD INDEX IF NOT EXISTS input_parts lowerUTF8(input) TYPE text(tokenizer = ngrams(3))," +
			" ADD INDEX IF NOT EXISTS output_parts lowerUTF8(output) TYPE text(tokenizer = ngrams(3))"
	}
	if err := change(ctx, conn, statement); err != nil {
		return fmt.Errorf("set text index of %s at %s: %w", table, address, classify(err))
	}
	return nil
}
