#!/usr/bin/perl
# Tier 3: a vsftpd.conf as tutorials print it, installed unchanged, and the
# service that it describes: by a super-server and, for its listen=YES, started
# by hand.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use Inftpd::TLS;
use Socket qw(MSG_OOB);
use Test::More;

plan skip_all => 'a build without libwrap' if !Inftpd::Test::built('wrap');

my $conf = <<'END';
anonymous_enable=YES
local_enable=YES
write_enable=YES
local_umask=022
anon_upload_enable=YES
anon_mkdir_write_enable=YES
dirmessage_enable=YES
xferlog_enable=YES
connect_from_port_20=YES
chown_uploads=YES
chown_username=whoever
xferlog_file=/var/log/xferlog
xferlog_std_format=YES
idle_session_timeout=600
data_connection_timeout=120
nopriv_user=ftpsecure
async_abor_enable=YES
ascii_upload_enable=YES
ascii_download_enable=YES
ftpd_banner=Welcome to blah FTP service.
deny_email_enable=YES
banned_email_file=/etc/vsftpd/banned_emails
chroot_list_enable=YES
chroot_list_file=/etc/vsftpd/chroot_list
ls_recurse_enable=YES
listen=YES
pam_service_name=vsftpd
userlist_enable=YES
tcp_wrappers=YES
rsa_cert_file=/etc/vsftpd/certs/vsftpd.cert
rsa_private_key_file=/etc/vsftpd/certs/vsftpd.key
ssl_tlsv1=YES
ssl_sslv3=YES
ssl_sslv2=YES
ssl_enable=YES
force_local_logins_ssl=YES
force_local_data_ssl=YES
END

# --- what it names ------------------------------------------------------------

account('whoever', uid => 1050);
account('ftpsecure', uid => 990, shell => '/usr/sbin/nologin');
account('alice', uid => 1001);
account('jailed', uid => 1002);
account('banned', uid => 1003);
File::Path::make_path('/etc/vsftpd/certs', '/srv/ftp/pub', '/srv/ftp/docs');
chown 901, 901, '/srv/ftp/pub';
write_file('/srv/ftp/readme', "one\ntwo\n");
write_file('/srv/ftp/docs/.message', "These are documents.\n");
write_file('/srv/ftp/docs/deep', 'x');
write_file('/etc/vsftpd/banned_emails', "mozilla\@example.com\nanonymous@\n");
write_file('/etc/vsftpd/chroot_list', "jailed\n");
write_file('/etc/vsftpd.user_list', "root\nbanned\n");
write_file('/etc/hosts.allow', '');
write_file('/etc/hosts.deny', "vsftpd: 127.0.0.66\n");
write_file('/var/log/xferlog', '');
chown 900, 0, '/var/log/xferlog';
my $ca = Inftpd::TLS::pair('/etc/vsftpd/certs', 'ca');
my $pair = Inftpd::TLS::pair('/etc/vsftpd/certs', 'vsftpd', kind => 'rsa',
    by => $ca, name => 'IP:127.0.0.1');
rename $pair->{cert}, '/etc/vsftpd/certs/vsftpd.cert' or die "cert: $!";
chmod 0600, '/etc/vsftpd/certs/vsftpd.key';
configure();
my ($etc) = grep { -e } '/etc/inftpd/inftpd.conf', '/usr/local/etc/inftpd/inftpd.conf';
write_file($etc, $conf);

# --- what is said about it ----------------------------------------------------

my $program = program();
my $said = `$program --check-config 2>&1`;
my %warned = map { $_ => 1 } $said =~ /^warning: \Q$etc\E:\d+: (\w+): no effect;/mg;
is(join(' ', sort keys %warned),
    'nopriv_user pam_service_name ssl_sslv2 ssl_sslv3 ssl_tlsv1', 'warnings');
unlike($said, qr/^error:/m, 'no error');
is($? >> 8, 1, 'the status says so');
like($said, qr/nopriv_user: no effect;.*User= in the unit/, 'where to set it');
is(join("\n", grep { !/no effect;|^note:|^0 errors|expires on/ }
    split /\n/, $said), '', 'and nothing else but the age of the certificate');

# --- the service --------------------------------------------------------------

# An anonymous session; its first reply, too.
sub anonymous {
	my $c = dial();

	$c->login('anonymous', 'me@example.org');
	return $c;
}

sub secure {
	my ($user) = @_;
	my $c = Inftpd::TLS->over(dial(), SSL_verify_mode => 1,
	    SSL_ca_file => $ca->{cert}, SSL_verifycn_scheme => 'none');

	$c->expect('AUTH TLS', 234);
	$c->shake_hands or die "handshake: $c->{error}";
	$c->login($user);
	return $c;
}

sub check_anonymous {
	my $c = anonymous();
	my @lines = $c->expect('CWD docs', 250);

	like($lines[0], qr/These are documents\./, 'dirmessage_enable');
	my ($list) = $c->list('LIST -R /');
	like("@$list", qr/deep/, 'ls_recurse_enable');
	unlink '/srv/ftp/pub/up';
	is(($c->stor('/pub/up', "text\n"))[0], 226, 'anon_upload_enable');
	my ($mode, $uid) = (stat '/srv/ftp/pub/up')[2, 4];
	is($uid, 1050, 'chown_uploads to chown_username');
	is($mode & 07777, 0600, 'with the usual mode');
	$c->pasv;
	$c->expect('RETR /pub/up', 550, undef, 'it cannot be fetched');
	$c->pasv;
	$c->expect('STOR /pub/up', 553, undef, 'nor replaced');
	$c->expect('DELE /pub/up', 550, undef, 'nor deleted');
	rmdir '/srv/ftp/pub/dir';
	$c->expect('MKD /pub/dir', 257, undef, 'anon_mkdir_write_enable');
	$c->expect('TYPE A', 200);
	is(($c->retr('/readme'))[0], "one\r\ntwo\r\n", 'ascii_download_enable');
	unlink '/srv/ftp/pub/ascii';
	is(($c->stor('/pub/ascii', "a\r\nb\r\n"))[0], 226);
	is(read_file('/srv/ftp/pub/ascii'), "a\nb\n", 'ascii_upload_enable');
	$c->expect('TYPE I', 200);
	my $listener = $c->port;
	$c->expect('RETR /readme', 150);
	my $data = $c->accept($listener);
	is($data->peerport, 20, 'connect_from_port_20');
	is(Inftpd::Test::Client::drain($data), "one\ntwo\n");
	$c->expect_reply(226);
	check_abor($c);
	$c->quit;
	for my $email ('mozilla@example.com', 'anonymous@') {
		$c = dial();
		$c->cmd('USER ftp');
		$c->expect("PASS $email", 530, undef, "banned: $email");
	}
	$c = dial();
	$c->expect('AUTH TLS', 234);
	$c = Inftpd::TLS->over($c);
	$c->shake_hands or die "handshake: $c->{error}";
	$c->expect('USER anonymous', 530, undef, 'allow_anon_ssl is not said');
}

# async_abor_enable: as urgent data, in the way of TELNET.
sub check_abor {
	my ($c) = @_;

	truncate '/srv/ftp/large', 0;
	write_file('/srv/ftp/large', '');
	truncate '/srv/ftp/large', 1 << 28;
	my $data = $c->pasv;
	$c->expect('RETR /large', 150);
	send $c->socket, "\xff\xf4\xff", 0;
	send $c->socket, "\xf2", MSG_OOB;
	$c->raw("ABOR\r\n");
	$c->expect_reply(426, undef, 'ABOR with urgent data');
	$c->expect_reply(226);
	unlink '/srv/ftp/large';
}

sub check_local {
	my $c = dial();

	$c->expect('USER alice', 530, qr/AUTH TLS/, 'force_local_logins_ssl');
	$c->expect('USER banned', 530, qr/AUTH TLS/, 'whoever asks');
	$c = secure('alice');
	$c->pasv;
	$c->expect('LIST', 522, undef, 'force_local_data_ssl');
	$c->protect;
	unlink '/home/alice/up';
	is(($c->stor('up', 'text'))[0], 226, 'an upload');
	is((stat '/home/alice/up')[2] & 07777, 0644, 'local_umask');
	is(($c->retr('/srv/ftp/readme'))[0], "one\ntwo\n",
	    'who is not in chroot_list_file sees the machine');
	$c->quit;
	$c = secure('jailed');
	$c->expect('PWD', 257, qr/^"\/"/, 'who is in it, the home');
	$c->protect;
	$c->pasv;
	$c->expect('RETR /srv/ftp/readme', 550);
	$c->quit;
	$c = Inftpd::TLS->over(dial());
	$c->expect('AUTH TLS', 234);
	$c->shake_hands or die "handshake: $c->{error}";
	$c->expect('USER banned', 530, 'Login incorrect.', 'userlist_enable');
}

sub check_access {
	my $socket = IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => 21,
	    LocalHost => '127.0.0.66', Type => Socket::SOCK_STREAM);
	my $c = Inftpd::System::Client->new(undef, $socket, undef, '/dev/null');

	is(($c->reply)[0], 421, 'tcp_wrappers');
	$socket = IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => 21,
	    Type => Socket::SOCK_STREAM);
	$c = Inftpd::System::Client->new(undef, $socket, undef, '/dev/null');
	is(join(' ', ($c->reply)[0, 1]), '220 Welcome to blah FTP service.',
	    'ftpd_banner');
}

sub check_log {
	my $log = read_file('/var/log/xferlog');
	my $date = qr/\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d 20\d\d/;

	like($log, qr{^$date \d+ 127\.0\.0\.1 5 /pub/up a _ i a me\@example\.org ftp 0 \* c$}m,
	    'xferlog: an anonymous upload');
	like($log, qr{^$date \d+ 127\.0\.0\.1 4 \S*/up b _ i r alice ftp 0 \* c$}m,
	    'and a local user\'s');
	like($log, qr{/large b _ o a me\@example\.org ftp 0 \* i$}m, 'what was broken off');
	write_file('/var/log/xferlog', '');
}

sub check_all {
	check_access();
	check_anonymous();
	check_local();
	check_log();
}

my $super = super_server();
subtest 'by a super-server' => \&check_all;
log_has(qr/listen=YES is for the listener/, 'which has listened already');
stop($super);

my $listener = Inftpd::System::start([$program],
    sub { open STDIN, '<', '/dev/null' });
ok(Inftpd::Test::wait_until(sub { eval { dial() } }, 10),
    'started by hand it listens');
subtest 'by its own listener' => \&check_all;
is((grep { $_ eq '900' } map { (split ' ', { status_of($_) }->{Uid})[0] }
    sessions()) > 0, 1, 'and is no root any more');
stop($listener);
done_testing;
