CREATE TABLE item (
  name     TEXT    NOT NULL PRIMARY KEY,
  price    INTEGER NOT NULL CHECK (price >= 0), -- in cents, of one
  quantity INTEGER NOT NULL CHECK (quantity >= 0)
) STRICT, WITHOUT ROWID;
