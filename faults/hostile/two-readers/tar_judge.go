// Reads every archive of a folder with Go's archive/tar, as oc-mirror does; or writes archives as oc-mirror does.
package main

import (
	"archive/tar"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"time"
)

type entry struct {
	Name   string `json:"name"`
	IsFile bool   `json:"isFile"`
	Bytes  int64  `json:"bytes"`
	Sha256 string `json:"sha256"`
}

type verdict struct {
	Entries []entry `json:"entries"`
	Error   *string `json:"error"`
}

func read(path string) verdict {
	found := verdict{Entries: []entry{}}
	fail := func(err error) verdict {
		text := err.Error()
		found.Error = &text
		return found
	}
	file, err := os.Open(path)
	if err != nil {
		return fail(err)
	}
	defer file.Close()
	reader := tar.NewReader(file)
	for {
		header, err := reader.Next()
		if err == io.EOF {
			return found
		}
		if err != nil {
			return fail(err)
		}
		// Shown by Go as an entry; oc-mirror passes over whatever is no regular file.
		if header.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		isFile := header.Typeflag == tar.TypeReg && header.FileInfo().Mode().IsRegular()
		hash := sha256.New()
		if _, err := io.Copy(hash, reader); err != nil {
			return fail(err)
		}
		sum := hex.EncodeToString(hash.Sum(nil))
		found.Entries = append(found.Entries, entry{hex.EncodeToString([]byte(header.Name)), isFile, header.Size, sum})
	}
}

// What oc-mirror has of a file on disk when it makes its header of it (internal/pkg/archive/adder_common.go).
type wanted struct {
	Name  string `json:"name"`
	Body  string `json:"body"`
	Mode  int64  `json:"mode"`
	Uid   int    `json:"uid"`
	Gid   int    `json:"gid"`
	Uname string `json:"uname"`
	Gname string `json:"gname"`
	Mtime int64  `json:"mtime"`
}

func write(path string, files []wanted) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	writer := tar.NewWriter(file)
	for _, each := range files {
		header := &tar.Header{
			Typeflag: tar.TypeReg, Name: each.Name, Size: int64(len(each.Body)), Mode: each.Mode,
			Uid: each.Uid, Gid: each.Gid, Uname: each.Uname, Gname: each.Gname,
			ModTime: time.Unix(each.Mtime, 123456789), AccessTime: time.Unix(each.Mtime, 5), ChangeTime: time.Unix(each.Mtime, 6),
		}
		if err := writer.WriteHeader(header); err != nil {
			return err
		}
		if _, err := writer.Write([]byte(each.Body)); err != nil {
			return err
		}
	}
	return writer.Close()
}

func main() {
	folder := os.Args[2]
	if os.Args[1] == "write" {
		var archives [][]wanted
		if err := json.NewDecoder(os.Stdin).Decode(&archives); err != nil {
			panic(err)
		}
		for number, files := range archives {
			if err := write(filepath.Join(folder, fmt.Sprintf("%06d.tar", number)), files); err != nil {
				panic(err)
			}
		}
		return
	}
	paths, _ := filepath.Glob(filepath.Join(folder, "*.tar"))
	sort.Strings(paths)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, path := range paths {
		line, _ := json.Marshal(read(path))
		out.Write(append(line, '\n'))
	}
}
