#!/usr/bin/perl
# Transcript tier, no root: --check-config on what can be known beforehand.
# Each configuration here is broken in one way; the test does what the message
# says, and nothing else, and then the finding is gone.
use strict;
use warnings;
use File::Temp ();
use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Test ();
use Test::More;

my $inftpd = ($ENV{abs_top_builddir} // 'build') . '/ftpd/inftpd';
my $dir = File::Temp->newdir;
my %file;

sub write_file {
	my ($path, $text, $mode) = @_;

	open my $out, '>', $path or die "$path: $!";
	print $out $text;
	close $out or die "$path: $!";
	chmod $mode // 0644, $path;
}

# Status, and the lines of standard error without the directory's name.
sub check {
	my $said = `$inftpd --config $dir/conf --check-config 2>&1 >$dir/out`;
	my $status = $? >> 8;

	$said =~ s{\Q$dir\E/}{}g;
	return ($status, split /\n/, $said);
}

# A configuration of its own: a mirror, and the lines given (from line 3 on).
sub configure {
	my (@lines) = @_;

	s{DIR}{$dir}g for @lines;
	write_file("$dir/conf/inftpd.conf", join "\n",
	    'anonymous_enable=YES', "anon_root=$dir/pub", @lines, '');
}

# Is there one line like this, "..." being anything?
sub says {
	my ($text, @said) = @_;
	my $pattern = join '.*', map { quotemeta } split / \.\.\. /, $text;

	return grep({ /^$pattern/ } @said) == 1;
}

sub finds {
	my ($name, $status, $text) = @_;
	my ($got, @said) = check();
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	is $got, $status, "$name: status $status" or diag "@said";
	ok says($text, @said), "$name: its line" or
	    diag join "\n", $text, @said;
	my ($worst) = $status == 2 ? 'error' : 'warning';
	is scalar(grep { /^$worst: / } @said), 1, "$name: it alone"
	    if $status > 0;
}

# With these lines there is, or is not, such a finding.
sub finds_with {
	my ($name, $status, $text, @lines) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	configure(@lines);
	my ($got, @said) = check();
	is $got, $status, "$name: status $status" or diag "@said";
	ok $text ? says($text, @said) : !@said, "$name: its line" or
	    diag join "\n", $text // 'nothing', @said;
}

# What is broken, the message, what it says to do, done.
sub broken {
	my ($name, $status, $text, $lines, $mend) = @_;

	configure(@$lines);
	finds($name, $status, $text);
	$mend->();
	my ($got, @said) = check();
	is $got, 0, "$name: mended" or diag join "\n", @said;
}

sub openssl {
	system("openssl @_ >/dev/null 2>&1") == 0 or die "openssl @_: $?\n";
}

# NAME.pem and NAME.key; more options of `openssl req'.
sub make_pair {
	my ($name, @more) = @_;

	@more = ('-newkey rsa:2048', @more) if !grep { /newkey/ } @more;
	openssl("req -x509 -nodes -subj /CN=$name.example",
	    (grep({ /-days/ } @more) ? () : '-days 90'),
	    "-keyout $dir/$name.key -out $dir/$name.pem @more");
	chmod 0600, "$dir/$name.key";
}

# The same certificate for other days, counted from now.
sub make_dated {
	my ($name, $from, $until) = @_;

	make_pair($name);
	require Net::SSLeay;
	my $read = sub { Net::SSLeay::BIO_new_file("$dir/$name.$_[0]", 'r') };
	my $bio = $read->('pem');
	my $x509 = Net::SSLeay::PEM_read_bio_X509($bio);
	my $key = Net::SSLeay::PEM_read_bio_PrivateKey($read->('key'));
	Net::SSLeay::X509_gmtime_adj(
	    Net::SSLeay::X509_get_notBefore($x509), $from * 86400);
	Net::SSLeay::X509_gmtime_adj(
	    Net::SSLeay::X509_get_notAfter($x509), $until * 86400);
	Net::SSLeay::X509_sign($x509, $key,
	    Net::SSLeay::EVP_get_digestbyname('sha256')) or die 'sign';
	write_file("$dir/$name.pem", Net::SSLeay::PEM_get_string_X509($x509));
}

sub tls {
	my ($name, @more) = @_;

	return ('ssl_enable=YES', "rsa_cert_file=DIR/$name.pem",
	    "rsa_private_key_file=DIR/$name.key", @more);
}

umask 022;
mkdir "$dir/$_" or die "$_: $!" for qw(conf conf/user.d pub);
chmod 0755, "$dir", "$dir/pub";
make_pair('good');

configure();
is_deeply [check()], [0], 'nothing to find: no line, status 0';
is do { local @ARGV = "$dir/out"; <> }, "configuration ok\n", 'and it says so';

# --- ten broken configurations, and some more ------------------------------

rmdir "$dir/pub";
broken('a root that is missing', 2,
    'error: conf/inftpd.conf:2: anon_root: pub: No such file ... ; ' .
    'such logins fail ... (mkdir pub)', [],
    sub { mkdir "$dir/pub" or die $! });

broken('a user list that is missing', 2,
    'error: conf/inftpd.conf:4: userlist_file: users: No such file ' .
    '... every login ... make the file, or set userlist_enable=NO',
    ['userlist_enable=YES', 'userlist_file=DIR/users'],
    sub { write_file("$dir/users", '') });

broken('a list that nobody named', 2,
    'error: conf/inftpd.conf:3: deny_email_enable: ' .
    '/etc/vsftpd.banned_emails: No such file ... or set ' .
    'deny_email_enable=NO', ['deny_email_enable=YES'],
    sub { configure('deny_email_enable=NO') });

broken('no way for data', 2,
    'error: conf/inftpd.conf:3: pasv_enable: neither passive nor ' .
    'active ... set pasv_enable=YES',
    ['pasv_enable=NO', 'port_enable=NO'],
    sub { configure('pasv_enable=YES', 'port_enable=NO') });

broken('fewer ports than clients', 1,
    'warning: conf/inftpd.conf:5: pasv_max_port: 11 passive ports for ' .
    'max_clients=20: ... set pasv_max_port=10019 or more',
    ['max_clients=20', 'pasv_min_port=10000', 'pasv_max_port=10010'],
    sub { configure('max_clients=20', 'pasv_min_port=10000',
	'pasv_max_port=10019') });

my ($low, $high) = split ' ', do {
	local @ARGV = '/proc/sys/net/ipv4/ip_local_port_range'; <> };
broken('ports that others take', 1,
    'warning: conf/inftpd.conf:3: pasv_min_port: ... from ' .
    "$low to $high, ... sysctl net.ipv4.ip_local_reserved_ports=$low-" .
    ($low + 9) . ', or choose others',
    ["pasv_min_port=$low", 'pasv_max_port=' . ($low + 9)],
    sub { configure('pasv_min_port=' . ($low - 10),
	'pasv_max_port=' . ($low - 1)) });

broken('a foreign address and no ports to forward', 1,
    'warning: conf/inftpd.conf:3: pasv_address: 203.0.113.77 is not ' .
    'this machine\'s ... set pasv_min_port and pasv_max_port',
    ['pasv_address=203.0.113.77'],
    sub { configure('pasv_address=203.0.113.77', 'pasv_min_port=10000',
	'pasv_max_port=10099') });

broken('a name that nobody has looked up', 1,
    'warning: conf/inftpd.conf:3: pasv_address: the address of localhost is ' .
    'not known yet ... run inftpd --resolve',
    ['pasv_address=localhost', 'pasv_addr_resolve=YES'],
    sub { system("$inftpd --config $dir/conf --resolve") });

broken('a log that cannot be written', 1,
    'warning: conf/inftpd.conf:5: xferlog_file: nowhere/log: No such ' .
    'file ... transfers are not logged ... install -o USER -m 640 ' .
    '/dev/null nowhere/log',
    ['xferlog_enable=YES', 'xferlog_std_format=YES',
	'xferlog_file=DIR/nowhere/log'],
    sub { mkdir "$dir/nowhere"; write_file("$dir/nowhere/log", '') });

broken('a banner that is missing', 1,
    'warning: conf/inftpd.conf:3: banner_file: banner: No such file ' .
    '... make it readable',
    ['banner_file=DIR/banner'], sub { write_file("$dir/banner", "hello\n") });

broken('TLS forced and not enabled', 1,
    'warning: conf/inftpd.conf:3: force_local_logins_ssl: without ' .
    'ssl_enable=YES passwords go in the clear',
    ['force_local_logins_ssl=YES'],
    sub { configure('force_local_logins_ssl=NO') });

broken('implicit TLS and not enabled', 2, 'error: conf/inftpd.conf:3: ' .
    'implicit_ssl: without ssl_enable=YES every client is turned away',
    ['implicit_ssl=YES'], sub { configure() });

broken('a listener without an address', 2, 'error: conf/inftpd.conf:3: ' .
    'listen_address: localhost is no address ... give numeric ones',
    ['listen_address=localhost, 127.0.0.1'],
    sub { configure('listen_address=127.0.0.1') });

broken('a directive without effect', 1,
    'warning: conf/inftpd.conf:3: isolate: no effect; ... remove the ' .
    'line',
    ['isolate=YES'], sub { configure() });

# --- drop-ins of users ------------------------------------------------------

write_file("$dir/conf/user.d/nobodysuch.conf", "write_enable=YES\n");
configure();
my ($status, @said) = check();
is $status, 0, "a drop-in of nobody's: a note is no warning";
ok says('note: conf/user.d/nobodysuch.conf: no user in /etc/passwd has this ' .
    'name', @said), "a drop-in of nobody's: its line";
unlink "$dir/conf/user.d/nobodysuch.conf";
configure('anon_upload_enable=YES');
($status, @said) = check();
is $status, 0, 'uploads without write_enable: a note is no warning';
ok says('note: conf/inftpd.conf:3: anon_upload_enable: without ' .
    'write_enable=YES nothing may be uploaded', @said),
    'uploads without write_enable: its line';

my $hash = crypt 'secret', '$6$rounds=1000$inftpdtest$';
broken("a user's directory that is missing", 2,
    'error: conf/user.d/bob.conf:2: local_root: bob is no directory: ' .
    'this login fails until it is (mkdir bob)', do {
	write_file("$dir/conf/user.d/bob.conf",
	    "password=$hash\nlocal_root=$dir/bob\n", 0600);
	['virtual_enable=YES'] }, sub { mkdir "$dir/bob" or die $! });

broken('virtual users that are not let in', 1,
    'warning: conf/user.d/bob.conf:1: password: no virtual user can ' .
    'log in; set virtual_enable=YES', [],
    sub { configure('virtual_enable=YES') });

write_file("$dir/conf/user.d/$_.conf", "password=$hash\n", 0600) for 'cat', 'dan';
configure();
my $lines = join "\n", check();
is(scalar(() = $lines =~ /no virtual user can log in/g), 1,
    'and once for all of them');
like($lines, qr{^note: \S*/user\.d: 2 more with a password}m, 'who are counted');
unlink map { "$dir/conf/user.d/$_.conf" } 'cat', 'dan';

chmod 0644, "$dir/conf/user.d/bob.conf";
broken('a hash for all to read', 1,
    'warning: conf/user.d/bob.conf:1: password: others ... may read ' .
    'the hash; chmod 0600 conf/user.d/bob.conf', ['virtual_enable=YES'],
    sub { chmod 0600, "$dir/conf/user.d/bob.conf" });
unlike join("\n", check()), qr/rounds=1000/, 'no hash is printed';

broken("an error in a user's drop-in", 2,
    'error: conf/user.d/eve.conf:1: wirte_enable: unknown ... did you ' .
    'mean write_enable?; eve cannot log in', do { write_file("$dir/conf/user.d/eve.conf", "wirte_enable=YES\n");
	['virtual_enable=YES'] },
    sub { write_file("$dir/conf/user.d/eve.conf", "write_enable=YES\n") });
unlink "$dir/conf/user.d/$_" for qw(bob.conf eve.conf);

broken('a directory of drop-ins that is missing', 2,
    'error: conf/inftpd.conf:3: user_config_dir: own: No such ... ' .
    '(mkdir -m 700 own)', ['user_config_dir=DIR/own'],
    sub { mkdir "$dir/own", 0700 or die $! });

write_file("$dir/users", "# friends\nroot\nnobodysuch\n");
configure('userlist_enable=YES', 'userlist_file=DIR/users');
($status, @said) = check();
is $status, 0, 'a list with an unknown name: a note is no warning';
ok says('note: users:3: nobodysuch is no user in /etc/passwd or', @said),
    'a list with an unknown name: its line';

configure();
write_file("$dir/conf/inftpd.conf", "local_umask=022\n");
($status, @said) = check();
is $status, 0, 'nobody can log in: status';
ok says('note: default: local_enable: nobody can log in', @said),
    'nobody can log in: its line';

# --- what is usual in other files ---------------------------------------------

broken('a comment behind a path', 2,
    'error: conf/inftpd.conf:4: local_root: /srv # here: No such',
    ['local_enable=YES', 'local_root=/srv # here'], sub { configure() });
finds_with('a comment behind a value', 1, 'warning: conf/inftpd.conf:3: ' .
    'ftpd_banner: what is behind the # is part of the value; comments stand on ' .
    'lines of their own', 'ftpd_banner=Hello # to all');
finds_with('a number sign', 0, undef, 'ftpd_banner=We are #1');
finds_with('quotes', 1, 'warning: conf/inftpd.conf:3: ftpd_banner: the quotes ' .
    'are part of the value', 'ftpd_banner="Hello"');
finds_with('quotes within', 0, undef, 'ftpd_banner="Hello" to all');
finds_with('a token that is none', 2, 'warning: conf/inftpd.conf:4: ' .
    'local_root: a $ stands for itself without user_sub_token',
    'local_enable=YES', 'local_root=/home/$USER');
finds_with('the other log', 1, 'note: conf/inftpd.conf:4: xferlog_file: ' .
    'without xferlog_std_format=YES vsftpd_log_file is used',
    'xferlog_enable=YES', 'xferlog_file=DIR/log', 'vsftpd_log_file=/nowhere/log');
broken('USER is not allowed', 2, 'error: conf/inftpd.conf:3: cmds_allowed: ' .
    'USER is not allowed, so nobody can log in; add it',
    ['cmds_allowed=PASS,RETR,PASV'],
    sub { configure('cmds_allowed=USER,PASS,RETR,PASV') });
broken('PASS is denied', 2, 'error: conf/inftpd.conf:3: cmds_denied: ' .
    'PASS is not allowed, so nobody can log in; take it out',
    ['cmds_denied=PASS'], sub { configure('cmds_denied=DELE') });
mkdir "$dir/conf/conf.d";
write_file("$dir/conf/conf.d/.hidden.conf", "write_enable=NO\n");
finds_with('a hidden drop-in', 0, 'note: conf/conf.d/.hidden.conf: not read: ' .
    'its name begins with a dot');
unlink "$dir/conf/conf.d/.hidden.conf";
rmdir "$dir/conf/conf.d";
write_file("$dir/conf/user.d/bob.conf", "password=secret\n", 0600);
broken('a password in the clear', 2, 'error: conf/user.d/bob.conf:1: password: ' .
    'no hash; inftpd-user sets one, and mkpasswd or openssl passwd -6 prints ' .
    'one; bob cannot log in', ['virtual_enable=YES'],
    sub { write_file("$dir/conf/user.d/bob.conf", 'password=' .
	crypt('secret', '$6$rounds=1000$x$') . "\n", 0600) });
# Shapes of hashes, of which the libraries know more or fewer.
for my $hash ('!', '*', '!$6$x$y', 'abJnggxhB/yWI', '_J9..rasmBYk8r9AiWNc',
    '$1$salt$' . 'x' x 22, '$2b$10$' . 'x' x 53, '$y$j9T$salt$' . 'x' x 43) {
	write_file("$dir/conf/user.d/bob.conf", "password=$hash\n", 0600);
	finds_with("taken: $hash", 0, undef, 'virtual_enable=YES');
}
for my $hash ('x', 'abJnggxhB/yW', 'secret$1$', '$6$salt', '$6$salt$short',
    '$6$' . 'x' x 86) {
	write_file("$dir/conf/user.d/bob.conf", "password=$hash\n", 0600);
	finds_with("no hash: $hash", 2, 'error: conf/user.d/bob.conf:1: password: ' .
	    'no hash', 'virtual_enable=YES');
}
unlink "$dir/conf/user.d/bob.conf";
chmod 0770, "$dir/conf/user.d";
broken('a directory of drop-ins for others to write', 2,
    'error: conf/user.d: writable by group or others, who may take away what ' .
    'limits a user (chmod go-w)', [], sub { chmod 0700, "$dir/conf/user.d" });
configure();

# --- layers --------------------------------------------------------------------

mkdir "$dir/conf/$_" or die "$_: $!" for qw(net.d group.d host.d),
    'host.d/ftp.example.org';
write_file("$dir/conf/host.d/ftp.example.org/a.conf", "\n");
write_file("$dir/conf/net.d/192.0.2.0_24.conf", "wirte_enable=NO\n");
broken('an error for a network', 2,
    'error: conf/net.d/192.0.2.0_24.conf:1: wirte_enable: unknown', [],
    sub { write_file("$dir/conf/net.d/192.0.2.0_24.conf",
	"write_enable=NO\n") });
write_file("$dir/conf/net.d/192.0.2.1_24.conf", "write_enable=NO\n");
broken('a name that is no network', 2,
    'error: conf/net.d/192.0.2.1_24.conf: bits are set ' .
    'behind the prefix; names are like', [],
    sub { unlink "$dir/conf/net.d/192.0.2.1_24.conf" });
mkdir "$dir/conf/conf.d" or die $!;
write_file("$dir/conf/$_", "\n")
    for qw(conf.d/mirror conf.d/a.conf conf.d/.b net.d/old.conf~);
configure();
($status, @said) = check();
is $status, 0, 'names that are passed over: status';
is_deeply [sort @said], [map {
    "note: conf/$_: not read: its name does not end in .conf"
    } qw(conf.d/mirror net.d/old.conf~)], 'a note for each, and no other';
unlink map { "$dir/conf/$_" }
    qw(conf.d/mirror conf.d/a.conf conf.d/.b net.d/old.conf~);
write_file("$dir/conf/group.d/root.conf", "password=x\n");
broken('an error for a group', 2,
    'error: conf/group.d/root.conf:1: password: not in', [],
    sub { write_file("$dir/conf/group.d/root.conf", "write_enable=NO\n") });
rename "$dir/conf/group.d/root.conf", "$dir/conf/group.d/nosuchgroup.conf";
configure();
($status, @said) = check();
is $status, 0, 'no such group: status';
ok says('note: conf/group.d/nosuchgroup.conf: no group in /etc/group', @said),
    'no such group: its line';
unlink "$dir/conf/group.d/nosuchgroup.conf";
my $host = "$dir/conf/host.d/ftp.example.org/a.conf";
write_file($host, "anon_root=$dir/none\n");
broken("a host's root that is missing", 2,
    'error: conf/host.d/ftp.example.org/a.conf:1: anon_root: none is no ' .
    'directory', [], sub { mkdir "$dir/none" });
write_file("$dir/conf/host.d/a.conf", "anon_root=$dir/pub\n");
broken('a host that is a file', 2,
    'error: conf/host.d/a.conf: a virtual host is a directory', [],
    sub { unlink "$dir/conf/host.d/a.conf" });
mkdir "$dir/conf/host.d/Ftp";
broken('a name that is no host\'s', 2, 'error: conf/host.d/Ftp: the name is ' .
    'no host\'s', [], sub { rmdir "$dir/conf/host.d/Ftp" });
unlink $host;
unlink $host;
write_file("$host~", "anon_root=/none\n");
configure();
($status, @said) = check();
is $status, 0, 'a host without settings: status';
is_deeply [sort @said], [
    'note: conf/host.d/ftp.example.org/a.conf~: not read: its name does not ' .
	'end in .conf',
    'note: conf/host.d/ftp.example.org: no file in it ends in .conf, so this ' .
	'host has the settings of all'], 'what it has is told';
unlink "$host~";
write_file("$dir/conf/user.d/$_", 'password=' . crypt('x', '$6$x$') . "\n", 0600)
    for qw(bob.conf.bak bob.conf~ bob~ .bob.conf.swp);
($status, @said) = check();
is $status, 0, 'what editors leave: status';
is_deeply [sort grep { /user\.d/ } @said], [map {
    "note: conf/user.d/$_: of no user: its name does not end in .conf"
    } qw(bob.conf.bak bob.conf~ bob~)], 'a note for each';
unlink map { "$dir/conf/user.d/$_" }
    qw(bob.conf.bak bob.conf~ bob~ .bob.conf.swp);
rmdir "$dir/conf/host.d/ftp.example.org";

# --- certificates -----------------------------------------------------------

sub certificate {
	my ($name, $status, $text, @lines) = @_;

	broken($name, $status, $text, \@lines,
	    sub { configure(tls('good')) });
}

SKIP: {
	skip 'built without OpenSSL', 1 if !Inftpd::Test::built('tls');

configure(tls('good'));
($status, @said) = check();
is $status, 0, 'a good pair: status' or diag join "\n", @said;
is_deeply [@said], ['note: conf/inftpd.conf:4: rsa_cert_file: good.pem: is ' .
    'for good.example', 'note: conf/inftpd.conf:4: rsa_cert_file: good.pem: ' .
    'signed by itself, so clients must be told to trust it'],
    'a good pair: names, and who signed it';

make_pair('weak', '-newkey rsa:1024');
certificate('a weak key', 2,
    'error: conf/inftpd.conf:4: rsa_cert_file: weak.pem: the RSA key ' .
    'of "weak.example" has 1024 bits ... too weak ... make a new key ' .
    '... or allow ... ssl_ciphers=DEFAULT:@SECLEVEL=1',
    tls('weak'));
configure(tls('weak', 'ssl_ciphers=DEFAULT:@SECLEVEL=1'));
is((check())[0], 0, 'a weak key: the other way out, too');

make_dated('past', -30, -1);
certificate('an expired one', 2,
    'error: conf/inftpd.conf:4: rsa_cert_file: past.pem: ' .
    '"past.example" expired on ... put a new',
    tls('past'));
make_dated('soon', -30, 13);
certificate('one that soon expires', 1,
    'warning: conf/inftpd.conf:4: rsa_cert_file: soon.pem: ' .
    '"soon.example" expires on ... renew',
    tls('soon'));
make_dated('then', 1, 30);
certificate('one of tomorrow', 2,
    'error: conf/inftpd.conf:4: rsa_cert_file: then.pem: ' .
    '"then.example" is not valid before',
    tls('then'));

certificate('the key of another', 2,
    'error: conf/inftpd.conf:5: rsa_private_key_file: weak.key: this ' .
    'is not the key of the certificate in good.pem;', 'ssl_enable=YES',
    'rsa_cert_file=DIR/good.pem', 'rsa_private_key_file=DIR/weak.key');
certificate('no key at all', 2,
    'error: conf/inftpd.conf:4: rsa_cert_file: good.pem: no private ' .
    'key ... name the certificate\'s key in rsa_private_key_file', 'ssl_enable=YES', 'rsa_cert_file=DIR/good.pem');
certificate('a certificate that is none', 2,
    'error: conf/inftpd.conf:4: rsa_cert_file: good.key: no ' .
    'certificate as PEM', 'ssl_enable=YES',
    'rsa_cert_file=DIR/good.key');
certificate('a certificate that is missing', 2,
    'error: conf/inftpd.conf:4: rsa_cert_file: none.pem: No such file ' .
    '... AUTH TLS is refused',
    'ssl_enable=YES', 'rsa_cert_file=DIR/none.pem');

certificate('a second one that is missing', 2,
    'error: conf/inftpd.conf:6: ecdsa_cert_file: none.pem: No such file ... ' .
    'this certificate is not shown, only the other',
    tls('good', 'ecdsa_cert_file=DIR/none.pem'));
certificate('a response of OCSP that is missing', 1,
    'warning: conf/inftpd.conf:6: rsa_ocsp_file: none.der: No such file ... ' .
    'clients get no response',
    tls('good', 'rsa_ocsp_file=DIR/none.der'));

openssl("pkey -in $dir/good.key -aes128 -passout pass:x -out $dir/locked.key");
chmod 0600, "$dir/locked.key";
certificate('a key with a passphrase', 2,
    'error: conf/inftpd.conf:5: rsa_private_key_file: locked.key: the ' .
    'key wants a passphrase ... openssl pkey -in locked.key -out NEW', 'ssl_enable=YES',
    'rsa_cert_file=DIR/good.pem', 'rsa_private_key_file=DIR/locked.key');

chmod 0644, "$dir/good.key";
broken('a key for all to read', 1,
    'warning: conf/inftpd.conf:5: rsa_private_key_file: good.key: ' .
    'mode 0644 ... chmod 0600 good.key',
    [tls('good')], sub { chmod 0600, "$dir/good.key" });

certificate('a name that it is not for', 1,
    'warning: conf/inftpd.conf:6: ssl_sni_hostname: ftp.example.org ' .
    'is not among the names of good.pem (good.example)', tls('good',
	'ssl_sni_hostname=ftp.example.org'));
make_pair('multi', '-addext subjectAltName=DNS:ftp.example.org,DNS:b.example');
configure(tls('multi', 'ssl_sni_hostname=ftp.example.org'));
($status, @said) = check();
is $status, 0, 'a name that it is for';
like "@said", qr{multi\.pem: is for ftp\.example\.org, b\.example\b},
    'all its names';

mkdir "$dir/conf/host.d/ftp.example.org" or die $!;
write_file($host, "anon_root=$dir/pub\n");
broken('a host that it is not for', 1,
    'warning: conf/inftpd.conf:4: rsa_cert_file: ftp.example.org is not ' .
    'among the names of good.pem', [tls('good')],
    sub { write_file($host, "rsa_cert_file=$dir/multi.pem\n" .
	"rsa_private_key_file=$dir/multi.key\n") });
write_file($host, "rsa_cert_file=$dir/weak.pem\n" .
    "rsa_private_key_file=$dir/weak.key\n");
broken("a host's own weak key", 2,
    'error: conf/host.d/ftp.example.org/a.conf:1: rsa_cert_file: weak.pem: ' .
    'the RSA key', [tls('good')], sub { unlink $host;
	rmdir "$dir/conf/host.d/ftp.example.org" });

certificate('ciphers that there are not', 2,
    'error: conf/inftpd.conf:6: ssl_ciphers: this OpenSSL has none ' .
    '... DEFAULT',
    tls('good', 'ssl_ciphers=NOSUCH'));
certificate('a group that there is not', 2,
    'error: conf/inftpd.conf:3: ssl_enable: OpenSSL refuses these ' .
    'settings: ecdh_param_file',
    tls('good', 'ecdh_param_file=nosuch'));
certificate('nobody to verify clients by', 2,
    'error: conf/inftpd.conf:6: validate_cert: without ca_certs_file',
    tls('good', 'validate_cert=YES'));
certificate('authorities that are none', 2,
    'error: conf/inftpd.conf:6: ca_certs_file: good.key: no ' .
    'certificate',
    tls('good', 'ca_certs_file=DIR/good.key'));
certificate('a response of OCSP that is none', 1,
    'warning: conf/inftpd.conf:6: rsa_ocsp_file: is not stapled: no OCSP ' .
    'response',
    tls('good', 'rsa_ocsp_file=DIR/good.key'));

# A chain: root, the one between, and the server's.
make_pair('root', '-addext basicConstraints=critical,CA:TRUE');
make_pair('between', "-CA $dir/root.pem -CAkey $dir/root.key",
    '-addext basicConstraints=critical,CA:TRUE');
make_pair('leaf', "-CA $dir/between.pem -CAkey $dir/between.key",
    '-addext authorityInfoAccess=caIssuers\\;URI:http://ca.example/i.cer',
    '-addext basicConstraints=critical,CA:FALSE');
certificate('a chain with a link missing', 1,
    'warning: conf/inftpd.conf:4: rsa_cert_file: leaf.pem: the chain ' .
    'is not complete: ... of "between.example", who signed ' .
    '"leaf.example", ... append it',
    tls('leaf'));
system "cat $dir/between.pem >>$dir/leaf.pem";
configure(tls('leaf'));
($status, @said) = check();
is $status, 0, 'the chain mended: status';
ok says('note: ... leaf.pem: signed by "root.example", whom this machine ' .
    'does not know', @said), 'the chain mended: an authority of our own';
configure(tls('leaf', 'ca_certs_file=DIR/root.pem'));
($status, @said) = check();
unlike "@said", qr/does not know/, 'an authority that is named';
}

done_testing;
