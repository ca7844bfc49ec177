CREATE TABLE orders (
  number    INTEGER NOT NULL PRIMARY KEY,
  customer  TEXT    NOT NULL,
  placed_at TEXT    NOT NULL
) STRICT;

CREATE TABLE order_line (
  number   INTEGER NOT NULL REFERENCES orders (number),
  item     TEXT    NOT NULL REFERENCES item (name),
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  price    INTEGER NOT NULL CHECK (price >= 0), -- in cents, of one, as it was then
  PRIMARY KEY (number, item)
) STRICT, WITHOUT ROWID;

CREATE INDEX order_line_item ON order_line (item);
