#!/usr/bin/perl
# Transcript tier, no root: clients who mean ill under TLS. Cut off at any byte
# of an upload, forged records, records that never end, renegotiation, floods of
# key updates. (Thieves and truncation besides are in tls-data.t.)

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Inftpd::Test::Listener;
use Inftpd::TLS;
use Test::More;

my $dir = File::Temp->newdir('inftpd-tls-XXXXXX', TMPDIR => 1);
my $pair = Inftpd::TLS::pair($dir, 'server');
my @versions = qw(TLSv1_2 TLSv1_3);

sub server {
	my (%conf) = @_;

	return Inftpd::Test->new(
	    conf => { Inftpd::TLS::conf($pair), %conf });
}

# --- cut off ------------------------------------------------------------------

# Somebody between client and server who hangs up on both when so many bytes
# of the client's have passed. Returns a socket to listen for the client, whom
# a child then serves; what it has passed comes out of the pipe.
sub cutter {
	my ($port, $after, $reset) = @_;
	my $listener = IO::Socket::IP->new(Listen => 1,
	    LocalAddr => '127.0.0.1', Proto => 'tcp') or die "listen: $@";
	pipe my $out, my $in or die "pipe: $!";
	my $pid = fork // die "fork: $!";

	if ($pid == 0) {
		close $out;
		my $client = $listener->accept;
		my $server = IO::Socket::IP->new(PeerAddr => '127.0.0.1',
		    PeerPort => $port);
		my $passed = relay($client, $server, $after);
		if ($reset) {
			setsockopt $server, Socket::SOL_SOCKET,
			    Socket::SO_LINGER, pack 'ii', 1, 0;
		}
		close $server;
		close $client;
		syswrite $in, $passed;
		POSIX::_exit(0);
	}
	close $in;
	return ($listener->sockport, $out, $pid);
}

sub relay {
	my ($client, $server, $after) = @_;
	my $passed = 0;

	while ($passed < $after) {
		my $bits = '';
		vec($bits, fileno $_, 1) = 1 for $client, $server;
		select my $ready = $bits, undef, undef, 20 or last;
		if (vec $ready, fileno $client, 1) {
			my $n = sysread $client, my $bytes,
			    $after - $passed < 4096 ? $after - $passed : 4096;
			last if !$n;
			$passed += syswrite $server, $bytes;
		}
		if (vec $ready, fileno $server, 1) {
			sysread $server, my $bytes, 65536 or last;
			syswrite $client, $bytes;
		}
	}
	return $passed;
}

# An upload that is cut off: its last reply, and the bytes that passed.
sub cut_upload {
	my ($c, $bytes, $after, $reset) = @_;
	my ($port, $out, $pid) = cutter($c->pasv_port, $after, $reset);
	my $end = $c->dial($port);

	my ($code) = $c->cmd('STOR file');
	if ($code eq 150 && $c->wrap($end)) {
		eval { Inftpd::Test::Client::write_all($end, $bytes) };
		eval { $end->close(SSL_fast_shutdown => 1) };
	}
	close $end if defined fileno $end;
	($code) = $c->reply if $code eq 150;
	my $passed = <$out>;
	waitpid $pid, 0;
	return ($code, $passed);
}

for my $version (@versions) {
	subtest "cut off at any byte, $version" => sub {
		my $server = server(upload_atomic => 'YES');
		my $c = Inftpd::TLS->login($server, 'alice', version => $version);
		my $bytes = join '', map { pack 'N', $_ * 2654435761 % 2**32 }
		    1 .. 10000;
		my ($code, $all) = cut_upload($c, $bytes, 1e9, 0);

		is($code, 226, 'not cut off: complete');
		is($server->content('file'), $bytes, 'and whole');
		cmp_ok($all, '>', length $bytes, "in $all bytes");
		# The handshake; each record's edges; the goodbye; and between.
		my $start = $all - length($bytes) - 4 * 30;
		my %at = map { $_ => 1 } 0, 1, 5, 50, 200, $start - 100,
		    (map { my $edge = $start + $_ * 16400;
		    ($edge - 30, $edge, $edge + 30) } 1, 2),
		    (map { int($all * $_ / 10) } 1 .. 9),
		    map { $all - $_ } 1, 2, 5, 23, 24, 25, 30, 31, 60;
		my (@wrong, %seen);
		for my $after (sort { $a <=> $b } grep { $_ >= 0 } keys %at) {
			for my $reset (0, 1) {
				unlink "$server->{dir}/data/file";
				my ($code) = cut_upload($c, $bytes, $after, $reset);
				my $there = $server->content('file');
				$seen{$code}++;
				next if $code =~ /^[45]/ && !defined $there;
				next if $code eq 226 && $there eq $bytes;
				push @wrong, "after $after, reset $reset: $code, " .
				    (defined $there ? length $there : 'no') . ' bytes';
			}
		}
		is(join("\n", @wrong), '', 'either whole or said to be broken');
		ok($seen{426} && $seen{522}, 'in the file, and in the handshake');
		is($seen{226}, undef, 'and none without its goodbye is whole');
		is(($c->stor('file', 'x'))[0], 226, 'the session goes on');
		$c->quit;
		$server->done;
	};
}

# --- records --------------------------------------------------------------------

subtest 'a forged record on the control connection' => sub {
	my $server = server();
	for my $version (@versions) {
		for my $type (20 .. 24) {
			my $c = Inftpd::TLS->login(
			    $server, 'alice', version => $version);
			my $record = pack('CCCn', $type, 3, 3, 64) . 'DELE x' x 10 .
			    "\r\n\r\n";
			POSIX::write(fileno $c->socket, $record, length $record);
			is($c->exit_status, 0, "$version, type $type: the end");
			unlike($c->log, qr/\b(DELE|command)\b/, 'nothing of it is run');
			$c->check;
		}
	}
	$server->done;
};

subtest 'half a record, and then nothing' => sub {
	my $second = $Inftpd::Test::SLOW;
	my $server = server(idle_session_timeout => $second,
	    data_connection_timeout => $second);
	my $half = "\x17\x03\x03\x00\x40" . 'x' x 20;
	my $c = Inftpd::TLS->login($server, 'alice');
	my ($end) = $c->open_data('STOR slow', 'pasv');
	Inftpd::Test::Client::write_all($end, 'x' x 100);
	POSIX::write(fileno $end, $half, length $half);
	$c->expect_reply(426, undef, 'of an upload: data_connection_timeout');
	$end->close(SSL_no_shutdown => 1);
	POSIX::write(fileno $c->socket, $half, length $half);
	is($c->exit_status, 0, 'of a command: idle_session_timeout');
	like($c->log, qr/idle for too long/, 'and the log says so');
	$c->check;
	$server->done;
};

# --- handshakes within ----------------------------------------------------------

subtest 'renegotiation' => sub {
	my $server = server();
	my $c = Inftpd::TLS->login($server, 'alice', version => 'TLSv1_2');
	my $ssl = $c->socket->_get_ssl_object;
	my ($r, $error) = (0, '');

	Net::SSLeay::renegotiate($ssl);
	Inftpd::Test::wait_until(sub {
		Net::SSLeay::ERR_clear_error();
		$r = Net::SSLeay::do_handshake($ssl);
		$error = Net::SSLeay::ERR_error_string(
		    Net::SSLeay::ERR_peek_error());
		return $r == 1 || $error =~ /SSL routines/;
	});
	isnt($r, 1, 'no second handshake');
	like($error, qr/no renegotiation/, 'the server says so');
	$c->hang_up;
	$c->check;
	$server->done;
};

# OpenSSL's own client: each K is a key update that asks for one in return.
subtest 'key updates' => sub {
	my $server = server();
	my $listener = Inftpd::Test::Listener->start($server);
	my $out = "$dir/client";

	Inftpd::Test::wait_until(sub { $listener->dial });
	my $pid = open my $in, '|-', "openssl s_client -connect " .
	    "127.0.0.1:$listener->{port} -starttls ftp -tls1_3 -crlf " .
	    ">$out 2>&1" or die "s_client: $!";
	my $text = sub { open my $f, '<', $out or return ''; local $/; <$f> };
	my $say = sub { syswrite $in, "$_[0]\n" };

	$in->autoflush(1);
	# It looks at one letter of what it reads at once, and may drop some.
	my $sent = sub { scalar(() = $text->() =~ /^KEYUPDATE\s*$/mg) };
	Inftpd::Test::wait_until(sub {
		$say->('K');
		Time::HiRes::sleep(0.002);
		return $sent->() >= 300;
	});
	cmp_ok($sent->(), '>=', 300, 'a flood of them');
	$say->('NOOP');
	ok(Inftpd::Test::wait_until(sub { $text->() =~ /^200 /m }),
	    'and a command is answered');
	$say->('USER alice');
	ok(Inftpd::Test::wait_until(sub { $text->() =~ /^331 /m }), 'and another');
	$say->('quit');    # Q alone would be the client's own
	ok(Inftpd::Test::wait_until(sub { $text->() =~ /^221 /m }),
	    'and the last');
	close $in;
	$listener->stop;
};

# Each is logged, so that somebody who guesses could fill the log unseen.
subtest 'names in the clear' => sub {
	my $own = server();
	my $c = $own->connect;

	$c->raw("USER alice\r\n" x 100);
	$c->expect_reply(530, qr/must use encryption/) for 1 .. 3;
	$c->expect_reply(421, 'Too many failed logins.');
	$c->expect_end;
	is(() = $c->log =~ /login-refused/g, 3, 'three entries, and no more');
};

done_testing;
