// Counts the rows of a Parquet file while it arrives, from the headers of its pages: after "PAR1", the file consists of pages, each with a header that
// says how long the page is and how many rows it has, and then of what was written at its end. Headers are in Thrift's compact protocol. See
// https://parquet.apache.org/docs/file-format/ and https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md.

/** What a page's header says. */
interface Page {
  headerBytes: number;
  bytes: number;
  rows: number;
}

/** A header has some 40 bytes, and some hundred more if it has the least and the greatest value. */
const longestHeader = 64 << 10;

/** Counts the values of all columns, and returns the rows that this many columns have together. */
export function parquetRows(columns: number): (part: Uint8Array) => number {
  let waiting = new Uint8Array(0); // the beginning of a header that is not complete
  let skip = "PAR1".length;
  let cells = 0;
  let ended = false;
  return (part) => {
    let at = 0;
    let bytes = part;
    while (!ended) {
      const skipped = Math.min(skip, bytes.length - at);
      skip -= skipped;
      at += skipped;
      if (skip > 0 || at === bytes.length) break;
      if (waiting.length > 0) {
        bytes = joined(waiting, bytes.subarray(at));
        [waiting, at] = [new Uint8Array(0), 0];
      }
      const page = pageAt(bytes, at);
      if (page === "ends") {
        ended = true;
      } else if (page === "continues") {
        waiting = bytes.slice(at);
        ended = waiting.length > longestHeader;
        break;
      } else {
        cells += page.rows;
        at += page.headerBytes;
        skip = page.bytes;
      }
    }
    return Math.floor(cells / columns);
  };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

/** Reads the header of a page; it may continue in the next part, and what is no header ends the pages. */
function pageAt(bytes: Uint8Array, from: number): Page | "continues" | "ends" {
  const read = new Reader(bytes, from);
  const page: Page = { headerBytes: 0, bytes: -1, rows: 0 };
  try {
    read.struct((field, type) => {
      if (field === 3 && type === kinds.i32) page.bytes = read.integer();
      else if (field === 8 && type === kinds.struct) {
        read.struct((of, is) => {
          if (of === 3 && is === kinds.i32) page.rows = read.integer();
          else read.skip(is);
        });
      } else read.skip(type);
    });
  } catch (e) {
    if (e === over) return "continues";
    if (e === wrong) return "ends";
    throw e;
  }
  if (page.bytes < 0 || page.rows < 0) return "ends";
  page.headerBytes = read.at - from;
  return page;
}

const kinds = { yes: 1, no: 2, byte: 3, i16: 4, i32: 5, i64: 6, double: 7, binary: 8, struct: 12 } as const;

/** Thrown when the bytes end, and when they are no value of Thrift. */
const over = Symbol("over");
const wrong = Symbol("wrong");

/** Reads Thrift's compact protocol. */
class Reader {
  at: number;
  readonly #bytes: Uint8Array;
  #depth = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  #byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw over;
    return byte;
  }

  /** Lengths and numbers beyond 32 bits are no part of a page's header, but are read past. */
  #unsigned(): number {
    let n = 0;
    for (let scale = 1; scale < 2 ** 70; scale *= 128) {
      const byte = this.#byte();
      n += (byte & 127) * scale;
      if (byte < 128) return n;
    }
    throw wrong;
  }

  integer(): number {
    const n = this.#unsigned();
    return n % 2 === 0 ? n / 2 : -(n + 1) / 2;
  }

  /** Calls use with the number and the type of each field of a struct; use must read the field's value. */
  struct(use: (field: number, type: number) => void): void {
    if (++this.#depth > 8) throw wrong;
    let field = 0;
    for (;;) {
      const head = this.#byte();
      if (head === 0) break;
      field = head >> 4 === 0 ? this.integer() : field + (head >> 4);
      use(field, head & 15);
    }
    this.#depth--;
  }

  skip(type: number): void {
    switch (type) {
      case kinds.yes:
      case kinds.no:
        return;
      case kinds.byte:
        this.at++;
        return;
      case kinds.i16:
      case kinds.i32:
      case kinds.i64:
        this.integer();
        return;
      case kinds.double:
        this.at += 8;
        return;
      case kinds.binary: {
        const length = this.#unsigned();
        this.at += length;
        return;
      }
      case kinds.struct:
        this.struct((_, is) => this.skip(is));
        return;
    }
    throw wrong; // lists and maps are in no header of a page
  }
}
