#!/usr/bin/perl
# Tier 3: FTPS as the tutorial sets it up, with the set-uid helper, a key that
# only root can read, real clients, and somebody who listens on the wire.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use Inftpd::TLS;
use Test::More;

my $dir = '/etc/vsftpd/certs';
File::Path::make_path($dir, '/tmp/up', '/tmp/down');
my $ca = Inftpd::TLS::pair($dir, 'ca');
my $pair = Inftpd::TLS::pair($dir, 'vsftpd', kind => 'rsa', by => $ca,
    name => 'IP:192.0.2.1,IP:127.0.0.1');
chmod 0600, $pair->{key};
my %tutorial = (rsa_cert_file => $pair->{cert},
    rsa_private_key_file => $pair->{key}, ssl_tlsv1 => 'YES',
    ssl_sslv3 => 'YES', ssl_sslv2 => 'YES', ssl_enable => 'YES',
    force_local_logins_ssl => 'YES', force_local_data_ssl => 'YES');

my %home = three_kinds(%tutorial);
super_server();

subtest 'the tutorial' => sub {
	is((stat $pair->{key})[2] & 07777, 0600, 'the key is root\'s alone');
	my $plain = dial();
	$plain->expect('USER alice', 530, qr/AUTH TLS/, 'TLS is asked for');
	my ($process) = sessions();
	unlike(read_file("/proc/$process/maps"), qr/lib(ssl|crypto)|tls\.so/,
	    'a plain session maps no OpenSSL');
	$plain->quit;
	Inftpd::Test::wait_until(sub { !sessions() }, 5);

	my $c = Inftpd::TLS->over(dial(), SSL_verify_mode => 1,
	    SSL_ca_file => $ca->{cert}, SSL_verifycn_scheme => 'none');
	$c->expect('AUTH TLS', 234);
	ok($c->shake_hands, 'the certificate is the authority\'s');
	$c->login('alice');
	$c->protect;
	($process) = sessions();
	like(read_file("/proc/$process/maps"), qr/libssl.*tls\.so/s,
	    'a session under TLS maps it');
	my %is = status_of($process);
	is($is{Uid}, join(' ', (900) x 4), 'and is inftpd all the same');
	is($is{NoNewPrivs}, 1, 'and confined');
	is(($c->stor('file', 'text'))[0], 226, 'an upload');
	is(($c->retr('file'))[0], 'text', 'a download');
	$c->quit;
};

# --- real clients -----------------------------------------------------------

system("head -c $_ /dev/urandom >/tmp/up/f$_") for map { $_ * 997 } 1 .. 50;
my @names = map { 'f' . $_ * 997 } 1 .. 50;
my $ca_file = $ca->{cert};

sub curl {
	my ($scheme, $version) = @_;
	my $url = "$scheme://192.0.2.1:21/";
	my $curl = "curl -sS -u alice:secret --ssl-reqd --cacert $ca_file " .
	    "--tlsv$version --tls-max $version";
	# It sleeps a second when EPSV is answered before it looks: few files.
	my $list = join ',', @names[40 .. 45];

	return ("cd /tmp/up && $curl -T '{$list}' $url",
	    "cd /tmp/down && $curl --remote-name-all '$url\{$list}'");
}

sub lftp {
	my ($scheme, $version) = @_;

	return "lftp -e 'set net:max-retries 1; set cmd:fail-exit yes; " .
	    "set ssl:ca-file $ca_file; set ftp:ssl-force yes; " .
	    'set ftp:ssl-protect-data yes; set ftp:ssl-protect-list yes; ' .
	    "set ssl:priority NORMAL:-VERS-ALL:+VERS-TLS$version; " .
	    'lcd /tmp/up; mput f*; lcd /tmp/down; mget f*; quit\' ' .
	    "-u alice,secret '$scheme://192.0.2.1:21'";
}

sub missing_or_other {
	my ($where, @names) = @_;

	return grep { !-e "$where/$_" ||
	    read_file("$where/$_") ne read_file("/tmp/up/$_") } @names;
}

for my $implicit ('NO', 'YES') {
	my $kind = $implicit eq 'YES' ? 'implicit' : 'explicit';

	three_kinds(%tutorial, implicit_ssl => $implicit,
	    require_ssl_reuse => 'YES');
	for my $version ('1.2', '1.3') {
		my $scheme = $implicit eq 'YES' ? 'ftps' : 'ftp';
		for my $client (['curl', curl($scheme, $version)],
		    ['lftp', lftp($scheme, $version)]) {
			my ($name, @commands) = @$client;
			my $what = "$name, $kind, TLS $version";
			for my $command (@commands) {
				is(system("timeout 60 sh -c \"$command\" " .
				    '>/tmp/err 2>&1'), 0, "$what, reuse required") or
				    diag(read_file('/tmp/err'));
			}
			my @sent = $name eq 'curl' ? @names[40 .. 45] : @names;
			is(join(' ', missing_or_other($home{alice}, @sent)), '',
			    "$what: " . @sent . ' files up');
			is(join(' ', missing_or_other('/tmp/down', @sent)), '',
			    "$what: " . @sent . ' files down');
			unlink glob "/tmp/down/* $home{alice}/f*";
		}
		# Its exit status says what was refused, not that data failed.
		my ($up) = (curl($scheme, $version))[0] =~ /^.*?&& (.*?) -T/;
		my $none = "$scheme://192.0.2.1:21/none";
		write_file("$home{alice}/none", '');
		chmod 0, "$home{alice}/none";
		for my $case (['', 78], ['-T /etc/passwd', 25]) {
			is(system("$up $case->[0] $none >/tmp/err 2>&1") >> 8,
			    $case->[1], "curl, $kind, TLS $version, refused") or
			    diag(read_file('/tmp/err'));
		}
		unlink "$home{alice}/none";
	}
}

# --- who listens ------------------------------------------------------------

# All packets of a session of alice's in which a file is stored.
sub capture {
	my ($name, $open) = @_;
	my $file = "/tmp/$name.pcap";
	my $tool = system('command -v tcpdump >/dev/null') == 0
	    ? ['tcpdump', '-Z', 'root', '-i', 'lo', '-s', '0', '-U', '-w', $file]
	    : ['dumpcap', '-q', '-i', 'lo', '-w', $file];
	my $pid = Inftpd::System::start($tool,
	    sub { open STDERR, '>', '/tmp/capture' });

	Inftpd::Test::wait_until(sub { -s $file }, 10);
	sleep 1;
	my $c = $open->();
	is(($c->stor('named-so', 'content-is-this'))[0], 226,
	    "$name: a file is stored");
	is(($c->retr('named-so'))[0], 'content-is-this', 'and fetched');
	$c->quit;
	sleep 1;
	stop($pid);
	return read_file($file);
}

SKIP: {
	skip 'neither tcpdump nor dumpcap here', 1 if
	    system('command -v tcpdump >/dev/null || command -v dumpcap >/dev/null');
	subtest 'a listener' => sub {
		my @secret = (qr/USER alice/, qr/PASS secret/, qr/named-so/,
		    qr/content-is-this/);
		three_kinds();
		my $seen = capture('plain', sub {
			my $c = dial();
			$c->login('alice');
			return $c;
		});
		like($seen, $_, "plain: sees $_") for @secret;
		for my $case (map { ["explicit $_", $_], ["implicit $_", $_] }
		    qw(TLSv1_2 TLSv1_3)) {
			my ($name, $version) = @$case;
			my $implicit = $name =~ /implicit/;
			three_kinds(%tutorial,
			    implicit_ssl => $implicit ? 'YES' : 'NO');
			$seen = capture($name =~ s/ /-/r, sub {
				my $c = Inftpd::TLS->over($implicit ? connected() : dial(),
				    version => $version);
				$c->cmd('AUTH TLS') if !$implicit;
				$c->shake_hands or die $c->{error};
				$c->reply if $implicit;
				$c->login('alice');
				$c->protect;
				return $c;
			});
			like($seen, $implicit ? qr/\x16\x03\x01/ : qr/AUTH TLS/,
			    "$name: the packets are there");
			unlike($seen, $_, "sees no $_") for qr/alice/, qr/secret/,
			    qr/named-so/, qr/content-is-this/, qr/USER|PASS|STOR/;
		}
	};
}

subtest 'the tutorial\'s key of 1024 bits' => sub {
	my $weak = Inftpd::TLS::pair($dir, 'weak', kind => 'weak');
	my @pair = (rsa_cert_file => $weak->{cert},
	    rsa_private_key_file => $weak->{key});
	three_kinds(%tutorial, @pair);
	my $c = dial();
	$c->expect('AUTH TLS', 431);
	log_has(qr/rsa_cert_file, rsa_private_key_file: ee key too small/,
	    'is refused by OpenSSL, and the log says so');
	$c->quit;
	three_kinds(%tutorial, @pair, ssl_ciphers => 'DEFAULT@SECLEVEL=1');
	$c = Inftpd::TLS->over(dial(), SSL_cipher_list => 'DEFAULT@SECLEVEL=1');
	$c->expect('AUTH TLS', 234, undef, 'but SECLEVEL=1 takes it');
	ok($c->shake_hands, 'with a client who does, too');
	$c->quit;
};

ok(Inftpd::Test::wait_until(sub { !sessions() }, 5), 'no session is left');
done_testing;
