// Reads manifests, one a line in hexadecimal, with Go's encoding/json into the types that oc-mirror and registries have.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
)

type platform struct {
	Architecture string   `json:"architecture"`
	OS           string   `json:"os"`
	OSVersion    string   `json:"os.version,omitempty"`
	OSFeatures   []string `json:"os.features,omitempty"`
	Variant      string   `json:"variant,omitempty"`
}

type descriptor struct {
	MediaType    string            `json:"mediaType"`
	Digest       string            `json:"digest"`
	Size         int64             `json:"size"`
	URLs         []string          `json:"urls,omitempty"`
	Annotations  map[string]string `json:"annotations,omitempty"`
	Data         []byte            `json:"data,omitempty"`
	Platform     *platform         `json:"platform,omitempty"`
	ArtifactType string            `json:"artifactType,omitempty"`
}

type document struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType,omitempty"`
	ArtifactType  string            `json:"artifactType,omitempty"`
	Config        *descriptor       `json:"config"`
	Layers        []descriptor      `json:"layers"`
	Manifests     []descriptor      `json:"manifests"`
	Subject       *descriptor       `json:"subject,omitempty"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

type verdict struct {
	References [][2]any `json:"references"`
	Error      *string  `json:"error"`
}

func read(line string) verdict {
	found := verdict{References: [][2]any{}}
	content, _ := hex.DecodeString(line)
	var parsed document
	if err := json.Unmarshal(content, &parsed); err != nil {
		text := err.Error()
		found.Error = &text
		return found
	}
	if parsed.Config != nil {
		found.References = append(found.References, [2]any{parsed.Config.Digest, parsed.Config.Size})
	}
	for _, part := range append(parsed.Layers, parsed.Manifests...) {
		found.References = append(found.References, [2]any{part.Digest, part.Size})
	}
	return found
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64*1024*1024)
	for lines.Scan() {
		text, _ := json.Marshal(read(lines.Text()))
		fmt.Println(string(text))
	}
}
