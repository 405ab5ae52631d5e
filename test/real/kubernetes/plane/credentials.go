package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/client-go/util/cert"
)

// The names of what lies in the folder.
const (
	kubeconfigFile  = "kubeconfig"
	tokensFile      = "tokens.csv"
	accountKeyFile  = "service-accounts.key"
	certificateFile = "apiserver.crt"
	privateKeyFile  = "apiserver.key"
)

// A certificate for loopback, the key that service account tokens are signed with, and one user who may do everything.
func writeCredentials(folder, port string) error {
	certificate, privateKey, err := cert.GenerateSelfSignedCertKey("127.0.0.1", []net.IP{net.IPv4(127, 0, 0, 1)}, nil)
	if err != nil {
		return err
	}
	accountKey, err := newAccountKey()
	if err != nil {
		return err
	}
	random := make([]byte, 24)
	if _, err := rand.Read(random); err != nil {
		return err
	}
	token := hex.EncodeToString(random)
	for name, content := range map[string][]byte{
		certificateFile: certificate,
		privateKeyFile:  privateKey,
		accountKeyFile:  accountKey,
		tokensFile:      fmt.Appendf(nil, "%s,admin,admin,system:masters\n", token),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			return err
		}
	}
	config := api.NewConfig()
	config.Clusters["plane"] = &api.Cluster{Server: "https://127.0.0.1:" + port, CertificateAuthorityData: certificate}
	config.AuthInfos["admin"] = &api.AuthInfo{Token: token}
	config.Contexts["plane"] = &api.Context{Cluster: "plane", AuthInfo: "admin"}
	config.CurrentContext = "plane"
	return clientcmd.WriteToFile(*config, filepath.Join(folder, kubeconfigFile))
}

func newAccountKey() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	bytes, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: bytes}), nil
}
