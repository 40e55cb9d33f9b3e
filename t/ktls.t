#!/usr/bin/perl
# Transcript tier, make check-ktls: downloads that the kernel encrypts. The
# machine's own kernel need not know how, so this runs in one that does, see
# t/ktls/boot: first without the kernel's module, where nobody may notice, then
# with it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

BEGIN {
	exec "$FindBin::Bin/ktls/boot", $ENV{abs_top_builddir} // '.',
	    "$FindBin::Bin/$FindBin::Script" if !$ENV{KTLS};
}

use Digest::SHA qw(sha256_hex);
use Inftpd::Test;
use Test::More;

# A processor that is played by software takes its time.
$Inftpd::Test::LIMIT = 100;
alarm 500;

my $has = $ENV{KTLS} eq 'yes';

# The kernel's counters: connections given to it so far, and those now.
sub counter {
	my ($name) = @_;

	open my $file, '<', '/proc/net/tls_stat' or return 0;
	local $/;
	return <$file> =~ /^\Q$name\E\s+(\d+)/m ? $1 : 0;
}
sub given { return counter('TlsTxSw') + counter('TlsTxDevice') }

my $dir = File::Temp->newdir('inftpd-ktls-XXXXXX', TMPDIR => 1);
my $pair = Inftpd::TLS::pair($dir, 'server');
my $large = join '', map { pack 'N', $_ * 2654435761 % 4294967296 }
    1 .. (3 << 18) + 1;

sub server {
	my (%conf) = @_;
	my $server = Inftpd::Test->new(conf => {
	    Inftpd::TLS::conf($pair), debug_ssl => 'YES',
	    require_ssl_reuse => 'YES', ascii_download_enable => 'YES', %conf });

	$server->file('large', $large);
	$server->file('empty', '');
	return $server;
}

# A download, its bytes and its end; was the kernel given it?
sub fetched {
	my ($c, $bytes, $by_kernel, $name) = @_;
	my $before = given();
	my ($got, $code) = $c->retr('large');

	is($code, 226, "$name: is complete");
	is(sha256_hex($got // ''), sha256_hex($bytes), 'the bytes are right');
	ok($c->{goodbye}, 'and close_notify ends it');
	is(given() - $before, $by_kernel && $has ? 1 : 0,
	    $by_kernel && $has ? 'by the kernel' : 'not by the kernel');
}

is(-e '/proc/net/tls_stat' ? 'yes' : 'no', $ENV{KTLS}, "the kernel's TLS");

for my $version (qw(TLSv1_2 TLSv1_3)) {
	subtest "downloads, $version" => sub {
		my $server = server();
		my $c = Inftpd::TLS->login($server, 'alice', version => $version);
		fetched($c, $large, 1, $_) for 'first', 'second';
		$has ? like($c->log, qr/data connection.*, by the kernel/,
		    'debug_ssl says so') : unlike($c->log, qr/by the kernel/,
		    'and nothing is said of it');
		unlike($c->log, qr/control connection.*by the kernel/,
		    'the control connection is not');
		my ($got, $code) = $c->retr('empty');
		is("$code $got", '226 ', 'an empty file');
		ok($c->{goodbye}, 'ends with close_notify, too');
		$c->expect('REST 1000000', 350);
		fetched($c, substr($large, 1000000), 1, 'REST');
		$c->expect('TYPE A', 200);
		fetched($c, $large =~ s/\n/\r\n/gr, 0, 'ASCII');
		$c->expect('TYPE I', 200);
		my $before = given();
		is(($c->stor('up', $large))[0], 226, 'an upload');
		ok($server->content('up') eq $large, 'is whole');
		is(($c->list('LIST'))[1], 226, 'a listing');
		is(given() - $before, 0, 'neither is given to the kernel');
		# Before it is known what for, a download is the guess.
		for my $line ('RETR large', 'STOR early') {
			my $end = $c->pasv;
			ok($c->wrap($end), "TLS before $line");
			$c->expect($line, 150);
			if ($line =~ /STOR/) {
				Inftpd::Test::Client::write_all($end, $large);
			} else {
				ok(Inftpd::Test::Client::drain($end) eq $large,
				    'the bytes are right');
			}
			$end->close(SSL_fast_shutdown => 1);
			$c->expect_reply(226);
		}
		ok($server->content('early') eq $large, 'the upload is whole');
		is(given() - $before, $has ? 2 : 0, 'both are given to the kernel')
		    if $has;
		is(counter('TlsRxSw'), 0, 'which never decrypts');
		$c->quit;
		$server->done;
	};

	subtest "cut off, $version" => sub {
		# A client of OpenSSL's drops a session that was cut off.
		my $server = server(require_ssl_reuse => 'NO');
		truncate $server->file('huge'), 1 << 28;
		my $c = Inftpd::TLS->login($server, 'alice', version => $version);
		my $before = given();
		my ($end) = $c->open_data('RETR huge', 'pasv');
		my $bytes = '';
		Inftpd::Test::Client::read_some($end, \$bytes);
		ok(length $bytes, 'a download begins');
		$c->expect('NOOP', 200, undef, 'NOOP, while nobody reads it');
		$c->expect('STAT', 211);
		$c->raw("ABOR\r\n");
		$c->expect_reply(426);
		$c->expect_reply(226);
		Inftpd::Test::Client::drain($end);
		ok(!Inftpd::TLS::said_goodbye($end),
		    'what was aborted does not look like a whole file');
		$end->close(SSL_no_shutdown => 1);

		($end) = $c->open_data('RETR huge', 'pasv');
		Inftpd::Test::Client::read_some($end, \$bytes);
		$end->close(SSL_no_shutdown => 1);
		$c->expect_reply(426, undef, 'a client who leaves');
		is(given() - $before, $has ? 2 : 0, 'both by the kernel') if $has;
		fetched($c, $large, 1, 'the next');
		$c->hang_up;
		$c->check;
		Inftpd::Test::wait_until(sub { !counter('TlsCurrTxSw') });
		is(counter('TlsCurrTxSw'), 0, 'no connection is left behind');
		$server->done;
	};

	subtest "a reader who takes his time, $version" => sub {
		my $server = server();
		my $c = Inftpd::TLS->login($server, 'alice', version => $version);
		my ($end) = $c->open_data('RETR large', 'pasv');
		Time::HiRes::sleep(0.5);
		$c->expect('NOOP', 200, undef, 'the session is there meanwhile');
		is(sha256_hex(Inftpd::Test::Client::drain($end)),
		    sha256_hex($large), 'gets it all');
		ok(Inftpd::TLS::said_goodbye($end), 'and the goodbye');
		$end->close(SSL_fast_shutdown => 1);
		$c->expect_reply(226);
		$c->quit;
		$server->done;
	};

	subtest "settings, $version" => sub {
		my $server = server(use_sendfile => 'NO');
		my $c = Inftpd::TLS->login($server, 'alice', version => $version);
		fetched($c, $large, 0, 'use_sendfile=NO');
		$c->quit;
		$server->done;
		$server = server(strict_ssl_write_shutdown => 'YES');
		$c = Inftpd::TLS->login($server, 'alice', version => $version);
		fetched($c, $large, 1, 'strict_ssl_write_shutdown');
		$c->quit;
		$server->done;
		$server = server(local_max_rate => '2M');
		$c = Inftpd::TLS->login($server, 'alice', version => $version);
		my $start = Time::HiRes::time();
		fetched($c, $large, 1, 'a rate');
		cmp_ok(Time::HiRes::time() - $start, '>', 1.3, 'is kept');
		$c->quit;
		$server->done;
	};
}

subtest 'a cipher that the kernel does not know' => sub {
	my $server = server(ssl_ciphers => 'ECDHE-ECDSA-AES256-SHA384');
	my $c = Inftpd::TLS->login($server, 'alice', version => 'TLSv1_2');
	fetched($c, $large, 0, 'OpenSSL does it');
	$c->quit;
	$server->done;
};

done_testing;
