#!/usr/bin/perl
# Transcript tier, no root: virtual hosts by the name that a client asks for in
# the TLS handshake: certificate, settings and greeting of the host, on data
# connections too; and what HOST and the handshake may say of each other
# (RFC 7151 sections 3.2 and 4).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Inftpd::TLS;
use Test::More;

my $dir = File::Temp->newdir('inftpd-tls-XXXXXX', TMPDIR => 1);
my %pair = map { $_ => Inftpd::TLS::pair($dir, $_) } qw(server red blue);
$pair{'red-rsa'} = Inftpd::TLS::pair($dir, 'red-rsa', kind => 'rsa');
$pair{weak} = Inftpd::TLS::pair($dir, 'weak', kind => 'weak');

sub host {
	my ($server, $name, $conf) = @_;

	mkdir "$server->{dir}/conf/$_" for 'host.d', "host.d/$name";
	$server->write_conf("host.d/$name/10.conf", $conf);
}

# A server with hosts red and blue; www.red is another name of red.
sub server {
	my (%conf) = @_;
	my $server = Inftpd::Test->new(conf => { Inftpd::TLS::conf($pair{server}),
		ftpd_banner => 'The server.', %conf });

	host($server, 'red.example.com', { ftpd_banner => 'Red.',
		rsa_cert_file => $pair{red}{cert},
		rsa_private_key_file => $pair{red}{key},
		ecdsa_cert_file => $pair{'red-rsa'}{cert},
		ecdsa_private_key_file => $pair{'red-rsa'}{key} });
	host($server, 'blue.example.com', { cmds_denied => 'MDTM',
		rsa_cert_file => $pair{blue}{cert},
		rsa_private_key_file => $pair{blue}{key} });
	host($server, 'plain.example.com', { ftpd_banner => 'Plain.' });
	symlink 'red.example.com',
	    "$server->{dir}/conf/host.d/www.red.example.com" or die $!;
	return $server;
}

my $server = server();

# Whose certificate this connection has seen.
sub issuer {
	my ($socket) = @_;

	return $socket->peer_certificate('commonName');
}

for my $version (qw(TLSv1_2 TLSv1_3)) {
	my @tls = (version => $version);

	for my $case (['', 'server'], ['other.example.com', 'server'],
	    ['red.example.com', 'red'], ['RED.Example.COM', 'red'],
	    ['www.red.example.com', 'red'], ['blue.example.com', 'blue'],
	    ['plain.example.com', 'server']) {
		my ($name, $issuer) = @$case;
		my $c = Inftpd::TLS->login($server, 'alice', @tls,
		    SSL_hostname => $name);

		is(issuer($c->{socket}), $issuer, "$version, name \"$name\"");
		is(($c->cmd('MDTM none'))[1] =~ /not allowed/ ? 1 : 0,
		    $name eq 'blue.example.com' ? 1 : 0, 'and the settings');
		$server->file('file', 'x' x 1000);
		is(($c->retr('file'))[0], 'x' x 1000, 'a transfer');
		is($c->{resumed}, 1, 'that resumed');
		$c->{tls}{tickets}->forget;
		my ($end) = $c->open_data('RETR file', 'epsv');
		is(issuer($end), $issuer, 'one that does not has the same one');
		$end->close(SSL_no_shutdown => 1);
		$c->reply;
		$c->hang_up;
		$c->check;
	}
}

# Of the host's two pairs a client gets the one that it can use.
my $c = Inftpd::TLS->connect($server, version => 'TLSv1_2',
    SSL_hostname => 'red.example.com', SSL_cipher_list => 'aRSA');
is(issuer($c->{socket}), 'red-rsa', 'RSA beside ECDSA, for a host');
$c->quit;
$c = Inftpd::TLS->over($server->connect, version => 'TLSv1_2',
    SSL_hostname => 'blue.example.com', SSL_cipher_list => 'aRSA');
$c->expect('AUTH TLS', 234);
ok(!$c->shake_hands, 'nothing of the server for a host that lacks it');
$c->hang_up;
$c->check;

# A host's certificate is not joined by a key or a certificate of the server's.
Inftpd::Test::write_file("$dir/both.pem", join '',
    map { Inftpd::Test::read_file($_) } @{ $pair{blue} }{qw(cert key)});
my $two = server(ecdsa_cert_file => $pair{'red-rsa'}{cert},
    ecdsa_private_key_file => $pair{'red-rsa'}{key});
host($two, 'blue.example.com', { rsa_cert_file => "$dir/both.pem" });
host($two, 'green.example.com', { ecdsa_cert_file => "$dir/both.pem" });
for my $case (['aRSA', '', 'red-rsa'], ['aECDSA', '', 'server'],
    ['aECDSA', 'blue', 'blue'], ['aRSA', 'blue', undef],
    ['aECDSA', 'green', 'blue'], ['aRSA', 'green', undef]) {
	my ($kind, $host, $issuer) = @$case;

	for my $by ($host ? ('HOST', 'SNI') : 'none') {
		$c = Inftpd::TLS->over($two->connect, version => 'TLSv1_2',
		    SSL_cipher_list => $kind, SSL_hostname =>
		    $by eq 'SNI' ? "$host.example.com" : '');
		$c->expect("HOST $host.example.com", 220) if $by eq 'HOST';
		$c->expect('AUTH TLS', 234);
		my $good = $c->shake_hands;
		is($good ? issuer($c->{socket}) : undef, $issuer,
		    "pairs of one and all, $kind, $host by $by");
		$c->hang_up;
		$c->check;
	}
}

# --- HOST behind the handshake ----------------------------------------------

$c = Inftpd::TLS->connect($server, SSL_hostname => 'red.example.com');
$c->expect('HOST red.example.com', 220, 'Red.', 'HOST of the same name');
$c->expect('HOST WWW.red.example.com.', 220, 'Red.', 'or of an alias');
$c->expect('HOST blue.example.com', 504, qr/TLS/, 'but not of another');
$c->expect('HOST 127.0.0.1', 504, undef, 'nor of the address');
$c->expect('HOST no.example.com', 504, undef, 'nor of none');
$c->expect('REIN', 502, undef, 'REIN would have to end TLS');
$c->expect('HOST blue.example.com', 504, undef, 'and holds to it');
$c->login('alice');
$c->quit;

$c = Inftpd::TLS->connect($server, SSL_hostname => 'other.example.com');
$c->expect('HOST red.example.com', 504, undef,
    'HOST after a name that is none of ours');
$c->expect('HOST other.example.com', 504, undef, 'that one itself');
$c->login('alice');
$c->quit;

$c = Inftpd::TLS->connect($server);
$c->expect('HOST red.example.com', 220, 'Red.', 'HOST without a name before');
$c->expect('HOST blue.example.com', 220, undef, 'and another one');
$c->login('alice');
$c->quit;

# --- HOST before the handshake ----------------------------------------------

sub named_before {
	my ($host, $name) = @_;
	my $c = Inftpd::TLS->over($server->connect, SSL_hostname => $name);

	$c->expect("HOST $host", 220);
	$c->expect('AUTH TLS', 234);
	return ($c, $c->shake_hands);
}

for my $case (['red.example.com', '', 'red'],
    ['red.example.com', 'red.example.com', 'red'],
    ['red.example.com', 'www.red.example.com', 'red'],
    ['127.0.0.1', 'blue.example.com', 'blue']) {
	my ($host, $name, $issuer) = @$case;
	my ($client, $ok) = named_before($host, $name);

	ok($ok, "HOST $host, then the name \"$name\"");
	is(issuer($client->{socket}), $issuer, 'has the certificate');
	$client->login('alice');
	$client->quit;
}
for my $name (qw(blue.example.com other.example.com)) {
	my ($client, $ok) = named_before('red.example.com', $name);

	ok(!$ok, "HOST red.example.com, then the name $name");
	like($client->{error}, qr/unrecognized name/, 'an alert');
	$client->hang_up;
	$client->exit_status;
	like($client->log, qr/names another host than HOST did/, 'the log');
	$client->{checked} = 1;
}

# --- strict, implicit, broken -----------------------------------------------

my $strict = server(ssl_sni_hostname => 'ftp.example.com');
for my $case (['ftp.example.com', 1], ['red.example.com', 1],
    ['other.example.com', 0], ['', 0]) {
	my ($name, $expected) = @$case;
	my $client = Inftpd::TLS->over($strict->connect, SSL_hostname => $name);

	$client->expect('AUTH TLS', 234);
	is($client->shake_hands ? 1 : 0, $expected,
	    "ssl_sni_hostname and hosts, name \"$name\"");
	$client->hang_up;
	$client->check;
}

my $implicit = server(implicit_ssl => 'YES', banner_file =>
    $server->file('banner', "The server's file.\n"));
host($implicit, 'blue.example.com', { ftpd_banner => 'Blue.',
	banner_file => $server->file('blue', "Blue's file.\n"),
	rsa_cert_file => $pair{blue}{cert},
	rsa_private_key_file => $pair{blue}{key} });
for my $case (['', '220-The server\'s file.', 'The server.'],
    ['blue.example.com', '220-Blue\'s file.', 'Blue.'],
    ['red.example.com', '220-The server\'s file.', 'Red.']) {
	my ($name, $first, $last) = @$case;
	my $client = Inftpd::TLS->over($implicit->start, SSL_hostname => $name);

	ok($client->shake_hands, "implicit, name \"$name\"");
	my @lines = $client->expect_reply(220, $last, 'whose greeting');
	is($lines[0], $first, 'and banner_file');
	$client->login('alice');
	$client->quit;
}

my $broken = server();
host($broken, 'red.example.com', { rsa_cert_file => $pair{red}{cert},
	rsa_private_key_file => $pair{blue}{key} });
host($broken, 'weak.example.com', { rsa_cert_file => $pair{weak}{cert},
	rsa_private_key_file => $pair{weak}{key} });
host($broken, 'none.example.com', { rsa_cert_file => '/nowhere' });
host($broken, 'bad.example.com', { anonymous_enable => 'PERHAPS' });
for my $case (['red.example.com', qr/key values mismatch|x509/i],
    ['weak.example.com', qr/key too small/],
    ['none.example.com', qr{/nowhere: No such file}],
    ['bad.example.com', qr{10\.conf:1: anonymous_enable}]) {
	my ($name, $why) = @$case;
	my $client = Inftpd::TLS->over($broken->connect, SSL_hostname => $name);

	$client->expect('AUTH TLS', 234);
	ok(!$client->shake_hands, "$name cannot be served");
	like($client->{error}, qr/unrecognized name/, 'an alert');
	$client->hang_up;
	$client->exit_status;
	like($client->log, $why, 'the log says why');
	$client->{checked} = 1;
}
$c = Inftpd::TLS->login($broken, 'alice', SSL_hostname => 'blue.example.com');
is(issuer($c->{socket}), 'blue', 'other hosts are served');
$c->quit;
$c = Inftpd::TLS->over($broken->connect);
$c->expect('HOST weak.example.com', 220);
$c->expect('AUTH TLS', 431, undef, 'by HOST: 431');
$c->expect('HOST blue.example.com', 220);
$c->expect('AUTH TLS', 234, undef, 'and another host, another certificate');
ok($c->shake_hands, 'which is good');
is(issuer($c->{socket}), 'blue', 'and its own');
$c->quit;
$_->done for $server, $strict, $implicit, $broken;
done_testing;
