#!/usr/bin/perl
# Transcript tier, no root: OCSP responses stapled to the server's certificate,
# and clients' certificates that name the user.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

my $readme;

# Before Inftpd::Test becomes nobody, who may be shut out of the source.
BEGIN {
	open my $file, '<', "$FindBin::Bin/../README" or die "README: $!";
	local $/;
	$readme = <$file>;
}

use Inftpd::Test;
use Inftpd::Test::Listener;
use Inftpd::TLS;
use Test::More;

my $dir = File::Temp->newdir('inftpd-tls-XXXXXX', TMPDIR => 1);
my $ca = Inftpd::TLS::pair($dir, 'ca');
my $pair = Inftpd::TLS::pair($dir, 'server', by => $ca);
my $rsa = Inftpd::TLS::pair($dir, 'rsa', kind => 'rsa', by => $ca);

sub slurp {
	open my $file, '<:raw', $_[0] or die "$_[0]: $!";
	local $/;
	return <$file>;
}

sub server {
	my (%conf) = @_;

	return Inftpd::Test->new(conf => { Inftpd::TLS::conf($pair), %conf },
	    users => { map { $_ => {} } 'alice', 'bob', 'alice@example.org' });
}

# --- the README's pair for a trial ------------------------------------------

my ($command) = $readme =~ /^    (openssl req .*?[^\\])\n/ms;
is(system('sh', '-c', ($command =~ s{/etc/inftpd/}{$dir/}gr) . ' 2>/dev/null'),
    0, 'the command of the README runs');
like(qx(openssl x509 -in $dir/cert.pem -noout -ext subjectAltName), qr/DNS:/,
    'the certificate has a name that clients look for');
my $trial = eval { Inftpd::TLS->connect(server(
    rsa_cert_file => "$dir/cert.pem",
    rsa_private_key_file => "$dir/key.pem")) };
ok($trial, 'and serves');
$trial->quit;

# --- stapling ---------------------------------------------------------------

# A response of the authority's about a certificate: V for valid, R for revoked.
sub respond {
	my ($file, $cert, $state) = @_;
	my ($serial) = qx(openssl x509 -in $cert->{cert} -noout -serial)
	    =~ /serial=(\w+)/;
	my $revoked = $state eq 'R' ? '200101000000Z' : '';

	Inftpd::Test::write_file("$dir/index",
	    "$state\t491231235959Z\t$revoked\t$serial\tunknown\t/CN=x\n");
	Inftpd::TLS::openssl("ocsp -issuer $ca->{cert} -cert $cert->{cert}",
	    "-no_nonce -reqout $dir/request");
	Inftpd::TLS::openssl("ocsp -index $dir/index -CA $ca->{cert}",
	    "-rsigner $ca->{cert} -rkey $ca->{key} -reqin $dir/request",
	    "-respout $dir/$file.new -ndays 1");
	rename "$dir/$file.new", "$dir/$file" or die "rename: $!";
	return "$dir/$file";
}

# What OpenSSL's client says of the response that it gets.
sub stapled {
	my ($listener, $version, $more) = @_;

	Inftpd::Test::wait_until(sub { $listener->dial });
	my $text = qx(openssl s_client -connect 127.0.0.1:$listener->{port} \\
	    -starttls ftp -status -$version $more </dev/null 2>&1);

	return $text =~ /OCSP response: no response sent/ ? 'none'
	    : $text =~ /Cert Status: (\w+)/ ? $1 : $text;
}

my $good = respond('good', $pair, 'V');
my %faulty = (
	'another certificate' => respond('other', $rsa, 'V'),
	'revoked or unknown' => respond('revoked', $pair, 'R'),
	'no OCSP response' => "$dir/junk",
	'out of date' => "$dir/old",
);
Inftpd::Test::write_file("$dir/junk", "junk\n");
Inftpd::Test::write_file("$dir/old",
    slurp($good) =~ s/\x18\x0f\d{4}/\x18\x0f2019/gr);

my $listener = Inftpd::Test::Listener->start(server());
is(stapled($listener, 'tls1_3', ''), 'none', 'nothing to staple: none');
$listener->stop;
$listener = Inftpd::Test::Listener->start(server(rsa_ocsp_file => $good));
is(stapled($listener, $_, ''), 'good', "rsa_ocsp_file is stapled, $_")
    for qw(tls1_2 tls1_3);
Inftpd::Test::write_file($good, slurp("$dir/revoked"));
is(stapled($listener, 'tls1_3', ''), 'none',
    'and read anew for the next session');
respond('good', $pair, 'V');
is(stapled($listener, 'tls1_3', ''), 'good', 'again');
$listener->stop;
for my $fault (sort keys %faulty) {
	$listener = Inftpd::Test::Listener->start(
	    server(rsa_ocsp_file => $faulty{$fault}));
	is(stapled($listener, 'tls1_3', ''), 'none', "$fault: none is sent");
	like($listener->log, qr/rsa_ocsp_file is not stapled: .*\Q$fault/,
	    'and the log tells why');
	$listener->stop;
}
$listener = Inftpd::Test::Listener->start(
    server(rsa_ocsp_file => "$dir/nothing"));
is(stapled($listener, 'tls1_3', ''), 'none', 'no such file: none');
like($listener->log, qr/certificate: \S+nothing: No such file/,
    'and the log tells it');
$listener->stop;
$listener = Inftpd::Test::Listener->start(server(
    rsa_cert_file => $rsa->{cert}, rsa_private_key_file => $rsa->{key},
    ecdsa_cert_file => $pair->{cert}, ecdsa_private_key_file => $pair->{key},
    ecdsa_ocsp_file => $good));
is(stapled($listener, 'tls1_2', '-cipher ECDHE-ECDSA-AES128-GCM-SHA256'),
    'good', 'ecdsa_ocsp_file goes with its certificate');
is(stapled($listener, 'tls1_2', '-cipher ECDHE-RSA-AES128-GCM-SHA256'),
    'none', 'and not with the other');
$listener->stop;

# --- whom a certificate names -------------------------------------------------

# A certificate of the authority's, or of its own.
sub certificate {
	my ($name, $subject, $alternative, $by) = @_;
	my $client = { cert => "$dir/$name.pem", key => "$dir/$name.key" };

	Inftpd::TLS::openssl('req -x509 -nodes -days 2 -newkey ec',
	    "-pkeyopt ec_paramgen_curve:prime256v1 -subj '$subject'",
	    "-keyout $client->{key} -out $client->{cert}",
	    $alternative ? "-addext 'subjectAltName=$alternative'" : (),
	    $by ? "-CA $by->{cert} -CAkey $by->{key}" : ());
	return $client;
}

my $upn = 'otherName:1.3.6.1.4.1.311.20.2.3;UTF8:';
my %client = (
	alice => certificate('alice', '/O=x/CN=alice', '', $ca),
	bob => certificate('bob', '/CN=bob', '', $ca),
	two => certificate('two', '/CN=alice/CN=bob', '', $ca),
	longer => certificate('longer', '/CN=alicex', '', $ca),
	stranger => certificate('stranger', '/CN=alice', ''),
	mail => certificate('mail', '/CN=x',
	    'email:bob,email:alice@example.org', $ca),
	upn => certificate('upn', '/CN=x', "${upn}alice", $ca),
	other => certificate('other', '/CN=x',
	    'otherName:1.2.3.4;UTF8:alice,DNS:alice', $ca),
);

# What USER is answered; a password follows where one is asked for.
sub answer {
	my ($server, $user, $client, @version) = @_;
	my $c = eval { Inftpd::TLS->connect($server, @version,
	    $client ? (cert => $client{$client}) : ()) } or return 'no TLS';
	my ($code) = eval { $c->cmd("USER $user") };

	$code = ($c->cmd('PASS secret'))[0] if ($code // '') eq 331;
	$c->hang_up;
	return $code || 'no TLS';
}

my %verify = (ca_certs_file => $ca->{cert}, validate_cert => 'YES',
    force_local_logins_ssl => 'NO');
my @cases = (
	['cn', 'alice', 'alice', 230], ['cn', 'alice', 'bob', 530],
	['cn', 'bob', 'bob', 230], ['cn', 'alice', 'two', 530],
	['cn', 'bob', 'two', 530], ['cn', 'alice', 'longer', 530],
	['cn', 'alice', 'stranger', 'no TLS'], ['cn', 'alice', '', 530],
	['cn', 'alice', 'mail', 530],
	['email', 'alice@example.org', 'mail', 230],
	['email', 'bob', 'mail', 230], ['email', 'alice', 'mail', 530],
	['email', 'alice', 'alice', 530],
	['upn', 'alice', 'upn', 230], ['upn', 'bob', 'upn', 530],
	['upn', 'alice', 'other', 530], ['upn', 'alice', 'mail', 530],
);
for my $case (@cases) {
	my ($field, $user, $client, $expected) = @$case;
	my $server = server(%verify, ssl_cert_login => $field);
	is(answer($server, $user, $client), $expected,
	    "$field, USER $user, certificate \"$client\"");
}
my $server = server(%verify, ssl_cert_login => 'cn', allow_anon_ssl => 'YES');
is(answer($server, 'alice', 'alice', version => 'TLSv1_2'), 230, 'TLS 1.2');
is(answer($server, 'alice', 'bob', version => 'TLSv1_2'), 530, 'likewise');
is(answer($server, 'anonymous', ''), 230, 'anonymous users need none');
my $c = $server->connect;
$c->expect('USER alice', 530, 'A certificate of this user\'s is required.',
    'in the clear nobody has one');
like($c->log, qr/login-refused: user "alice": not named by .* \(cn\)/,
    'the log tells');
$c->expect('USER anonymous', 331, undef, 'nor need anonymous users here');
$c->quit;
$c = Inftpd::TLS->connect($server, cert => $client{alice});
$c->expect('USER alice', 331, undef, 'a certificate');
$c->expect('PASS wrong', 530, undef, 'is no password');
$c->quit;

for my $case ([{ %verify, ssl_cert_login => 'dn' }, qr/cn, email or upn/],
    [{ ssl_cert_login => 'cn' }, qr/certificates are not verified/],
    [{ %verify, ssl_cert_login => 'cn', ssl_request_cert => 'NO' },
    qr/certificates are not verified/]) {
	my ($conf, $why) = @$case;
	$c = server(%$conf)->start;
	$c->expect_reply(421);
	like($c->log, $why, "not with: @{[%$conf]}");
	$c->hang_up;
}
done_testing;
