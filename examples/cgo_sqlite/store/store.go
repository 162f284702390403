// Package store keeps key-value pairs in an SQLite database.
package store

import (
	"database/sql"
	"fmt"

	_ "github.com/mattn/go-sqlite3" // the driver, which is C
)

// Store is a table of pairs. It is safe for concurrent use.
type Store struct {
	db *sql.DB
}

// Open opens the database at path and makes its table if there is none.
func Open(path string) (*Store, error) {
	db, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=10000&_journal_mode=WAL&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if _, err := db.Exec(`CREATE TABLE IF NOT EXISTS pairs (key TEXT PRIMARY KEY, value INTEGER NOT NULL)`); err != nil {
		db.Close()
		return nil, fmt.Errorf("make the table of %s: %w", path, err)
	}
	return &Store{db: db}, nil
}

// Add adds delta to the value of key.
func (s *Store) Add(key string, delta int) error {
	_, err := s.db.Exec(`INSERT INTO pairs VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = value + excluded.value`, key, delta)
	return err
}

// Get returns the value of key, or 0 if it has none.
func (s *Store) Get(key string) (int, error) {
	var value int
	err := s.db.QueryRow(`SELECT COALESCE(SUM(value), 0) FROM pairs WHERE key = ?`, key).Scan(&value)
	return value, err
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }
