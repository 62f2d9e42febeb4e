package s3

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// location is what the URL says.
type location struct {
	bucket string
	prefix string // "" or ending in a slash
	host   string
	secure bool
	region string
	lookup minio.BucketLookupType
}

const form = "s3://bucket/prefix?endpoint=https://host:port&region=name"

var (
	bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	prefixForm = regexp.MustCompile(`^[A-Za-z0-9_.=-]+(/[A-Za-z0-9_.=-]+)*$`)
	regionForm = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)
)

// parse reads the URL. Its errors never contain a possible secret.
func parse(text string) (location, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "s3" {
		return location{}, fmt.Errorf("not an address of recordings: the form is %s", form)
	}
	if u.User != nil {
		return location{}, fmt.Errorf("s3://%s: keys do not belong in the address: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", u.Host)
	}
	at := location{bucket: u.Host, prefix: strings.Trim(u.Path, "/"), host: "s3.amazonaws.com", secure: true}
	if !bucketForm.MatchString(at.bucket) {
		return at, fmt.Errorf("%q is not the name of a bucket: the form is %s", at.bucket, form)
	}
	if at.prefix != "" {
		if !prefixForm.MatchString(at.prefix) {
			return at, fmt.Errorf("the prefix %q may contain only letters, digits, and _ . = - between slashes", at.prefix)
		}
		at.prefix += "/"
	}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return at, fmt.Errorf("s3://%s: the part after the question mark is not valid: the form is %s", at.bucket, form)
	}
	for name := range values {
		if !slices.Contains([]string{"endpoint", "region"}, name) {
			return at, fmt.Errorf("s3://%s: there is no setting %q: the form is %s", at.bucket, name, form)
		}
	}
	at.region = values.Get("region")
	if at.region != "" && !regionForm.MatchString(at.region) {
		return at, fmt.Errorf("s3://%s: %q is not a region", at.bucket, at.region)
	}
	endpoint := values.Get("endpoint")
	if endpoint == "" {
		if at.region == "" {
			at.region = os.Getenv("AWS_REGION")
		}
		if at.region == "" {
			return at, fmt.Errorf("s3://%s: without an endpoint a region is needed (region=… or AWS_REGION)", at.bucket)
		}
		at.lookup = minio.BucketLookupDNS
		if strings.Contains(at.bucket, ".") { // its name would not match the certificate
			at.lookup = minio.BucketLookupPath
		}
		return at, nil
	}
	if !strings.Contains(endpoint, "://") {
		endpoint = "https://" + endpoint
	}
	e, err := url.Parse(endpoint)
	if err != nil || (e.Scheme != "http" && e.Scheme != "https") || e.Host == "" || e.User != nil || strings.Trim(e.Path, "/") != "" || e.RawQuery != "" {
		return at, fmt.Errorf("s3://%s: the endpoint is not an address such as https://minio.example.com:9000", at.bucket)
	}
	at.host, at.secure, at.lookup = e.Host, e.Scheme == "https", minio.BucketLookupPath
	if at.region == "" {
		at.region = "us-east-1" // servers without regions expect this in signatures
	}
	return at, nil
}

func (at location) String() string { return "s3://" + at.bucket + "/" + at.prefix }

const suffix = ".blocks"

// keys matches all keys that this store returns.
var keys = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}/\d{4}-\d{2}-\d{2}/\d{2}/[a-z0-9-]{1,40}/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// object returns the object's name for a key.
func (at location) object(key string) string { return at.prefix + key + suffix }

// key is the reverse of object. It returns false for objects that are not of this store.
func (at location) key(object string) (string, bool) {
	key, ours := strings.CutPrefix(object, at.prefix)
	key, is := strings.CutSuffix(key, suffix)
	return key, ours && is && keys.MatchString(key)
}

// newKey makes a unique name.
func newKey(project string, now time.Time, node string) (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make a name for an object: %w", err)
	}
	return project + now.UTC().Format("/2006-01-02/15/") + node + "/" + id.String(), nil
}

var notInNode = regexp.MustCompile(`[^a-z0-9]+`)

func nodeName(name string) string {
	if name == "" {
		name, _ = os.Hostname()
	}
	name = strings.Trim(notInNode.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if name == "" {
		return "node"
	}
	return strings.Trim(name[:min(len(name), 40)], "-")
}

// ambient finds credentials where other tools look for them.
func ambient() (*credentials.Credentials, error) {
	c := credentials.NewChainCredentials([]credentials.Provider{
		&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{},
	})
	value, err := c.GetWithContext(&credentials.CredContext{Client: newClient()})
	if err != nil || value.AccessKeyID == "" {
		return nil, fmt.Errorf("no credentials for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a role")
	}
	return c, nil
}
