#!/usr/bin/perl
# Transcript tier, no root: data connections under TLS. Every kind of transfer,
# resumption, and clients that cut, stall, steal or hang up.

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
# What does not compress, nor repeat by 16384.
my $block = join '', map { pack 'N', $_ * 2654435761 % 4294967296 }
    1 .. 65537;
my $large = substr $block x 21, 0, 5 << 20;

sub server {
	my (%conf) = @_;

	return Inftpd::Test->new(
	    conf => { Inftpd::TLS::conf($pair), %conf });
}

my $server = server(
    ascii_download_enable => 'YES', ascii_upload_enable => 'YES');
$server->file('large', $large);
$server->file('text', "one\ntwo\n");
$server->dir('empty');

for my $version (@versions) {
	subtest "up and down, $version" => sub {
		my $c = Inftpd::TLS->login($server, 'alice', version => $version);
		my @size = (0, 1, 16383, 16384, 16385, 5 << 20);
		for my $open (qw(pasv epsv port eprt)) {
			for my $size ($open eq 'pasv' ? @size : 16385) {
				my $bytes = substr $large, 0, $size;
				is(($c->stor('there', $bytes, $open))[0], 226,
				    "$open, $size bytes up");
				ok($server->content('there') eq $bytes, 'are there');
				my ($got, $code) = $c->retr('there', $open);
				is($code, 226, 'and down');
				ok($got eq $bytes, 'are the same');
				ok($c->{goodbye}, 'and end with close_notify');
			}
		}
		$c->expect('REST 16384', 350);
		ok(($c->retr('large'))[0] eq substr($large, 16384), 'REST down');
		is(($c->stor('part', 'x' x 10))[0], 226, 'a file');
		$c->expect('REST 4', 350);
		is(($c->stor('part', 'yy'))[0], 226, 'REST up');
		is($server->content('part'), 'xxxxyyxxxx', 'in its place');
		is(($c->send_file('APPE part', 'zz'))[0], 226, 'APPE');
		is($server->content('part'), 'xxxxyyxxxxzz', 'at its end');
		is(($c->send_file('STOU', 'unique'))[0], 226, 'STOU');
		$c->expect('TYPE A', 200);
		is(($c->retr('text'))[0], "one\r\ntwo\r\n", 'ASCII down');
		is(($c->stor('back', "a\r\nb\r\n"))[0], 226, 'ASCII up');
		$c->expect('TYPE I', 200);
		$c->quit;
	};

	subtest "listings, $version" => sub {
		my $c = Inftpd::TLS->login($server, 'alice', version => $version);
		for my $verb (qw(LIST NLST MLSD)) {
			my ($bytes, $code) = $c->fetch("$verb /");
			is($code, 226, $verb);
			like($bytes, qr/large\r\n/, 'has the names');
			ok($c->{goodbye}, 'and ends with close_notify');
		}
		for my $verb (qw(LIST NLST)) {
			my ($bytes, $code) = $c->fetch("$verb empty");
			is("$code $bytes", '226 ', "$verb of nothing");
			ok($c->{goodbye}, 'ends with close_notify, too');
		}
		$c->quit;
	};

	# curl begins TLS when it has connected, and only then says what for.
	subtest "TLS before the command, $version" => sub {
		my $free = server(force_local_data_ssl => 'NO');
		$free->file('large', $large);
		$free->file('text', "one\ntwo\n");
		my $c = Inftpd::TLS->login($free, 'alice', version => $version);
		my $early = sub {
			my $end = $c->pasv;
			ok($c->wrap($end), 'the handshake is answered');
			return $end;
		};
		for my $case (['RETR large', $large], ['NLST', qr/^large\r\n/m]) {
			my ($line, $want) = @$case;
			my $end = $early->();
			$c->expect('NOOP', 200);
			$c->expect($line, 150);
			my $got = Inftpd::Test::Client::drain($end);
			ok(ref $want ? $got =~ $want : $got eq $want, "$line: whole");
			ok(Inftpd::TLS::said_goodbye($end), 'ends with close_notify');
			$end->close(SSL_fast_shutdown => 1);
			$c->expect_reply(226);
		}
		for my $line ('STOR early', 'APPE early') {
			my $end = $early->();
			$c->expect($line, 150);
			Inftpd::Test::Client::write_all($end, 'x' x 100000);
			$end->close(SSL_fast_shutdown => 1);
			$c->expect_reply(226, undef, $line);
		}
		ok($free->content('early') eq 'x' x 200000, 'both are there');
		my $end = $early->();
		$c->expect('STOR cut', 150);
		Inftpd::Test::Client::write_all($end, 'x' x 100000);
		$end->close(SSL_no_shutdown => 1);
		$c->expect_reply(426, undef, 'a cut is one');
		$end = $early->();
		$c->expect('RETR none', 550, undef, 'a refusal');
		$c->expect('RETR text', 425, undef, 'is for that one');
		$early->() for 1 .. 3;
		is(($c->retr('text'))[0], "one\ntwo\n", 'connections may be given up');
		$end = $early->();
		$c->expect('PROT C', 200);
		$c->expect('RETR text', 425, undef, 'nor does it serve PROT C');
		$c->expect('PROT P', 200);
		for my $bytes ("\x16\x03\x01\x02\x00\x01", "garbage\r\n") {
			$end = $c->pasv;
			Inftpd::Test::Client::write_all($end, $bytes);
			$c->expect('NOOP', 200);
			$c->expect('PROT C', 200, undef, 'half a handshake, or none');
			$c->expect('RETR text', 425, undef, 'nor do these');
			$c->expect('PROT P', 200);
		}
		my $port = $c->pasv_port;
		$end = $c->dial($port);
		$c->expect('NOOP', 200);
		$c->expect('PROT C', 200);
		$c->expect('RETR text', 150);
		is(Inftpd::Test::Client::drain($end), "one\ntwo\n",
		    'but one that has not come to TLS does');
		$c->expect_reply(226);
		$c->expect('PROT P', 200);
		# Who has come to nothing is told when he asks for something.
		for my $bytes ("GET / HTTP/1.0\r\n\r\n", '') {
			$end = $c->pasv;
			Inftpd::Test::Client::write_all($end, $bytes);
			shutdown $end, 1;
			Inftpd::Test::Client::drain($end);
			$c->expect('RETR text', 522, undef, 'garbage, or nothing');
			$c->expect('RETR text', 425, undef, 'and not again');
		}
		is(($c->stor('next', 'x'))[0], 226, 'all is well after it');
		$c->quit;
		$free->done;
	};

	# Clients may be busy with the connection when the refusal comes.
	subtest "refused, $version" => sub {
		my $c = Inftpd::TLS->login($server, 'alice', version => $version);
		my $bytes = '';
		for my $case (['RETR none', 550], ['STOR none/new', 553],
		    ['MLSD none', 550], ['RETR text', 554]) {
			my ($line, $code) = @$case;
			$c->expect('REST 9999', 350) if $code == 554;
			my $end = $c->pasv;
			$c->expect($line, $code);
			ok($Inftpd::Test::SLOW > 1 ||
			    !Inftpd::Test::Client::wait_socket($end, 0, 0),
			    'the connection outlives the reply');
			$c->expect('NOOP', 200);
			is(Inftpd::Test::Client::read_some($end, \$bytes), 0,
			    'and ends with the next command');
			$c->expect('RETR text', 425, undef, 'unused');
			$end = $c->pasv;
			$c->expect('RETR none', 550);
			is(Inftpd::Test::Client::read_some($end, \$bytes), 0,
			    'or when none comes');
		}
		my $port = $c->pasv_port;
		$c->expect('RETR none', 550);
		$c->expect('RETR text', 425, undef, 'not for another transfer');
		ok(!$c->dial($port), 'nor is its port');
		is(($c->retr('text'))[0], "one\ntwo\n", 'all is well after it');
		$c->quit;
	};

	subtest "ABOR, STAT and NOOP meanwhile, $version" => sub {
		my $many = server();
		truncate $many->file('huge'), 1 << 30;
		my $c = Inftpd::TLS->login($many, 'alice', version => $version);
		my ($end) = $c->open_data('RETR huge', 'pasv');
		my $bytes = '';
		Inftpd::Test::Client::read_some($end, \$bytes);
		ok(length $bytes, 'a download begins');
		$c->expect('NOOP', 200);
		$c->expect('STAT', 211);
		$c->raw("ABOR\r\n");
		$c->expect_reply(426);
		$c->expect_reply(226);
		Inftpd::Test::Client::drain($end);
		ok(!Inftpd::TLS::said_goodbye($end),
		    'what was aborted does not look like a whole file');
		$end->close(SSL_no_shutdown => 1);
		($end) = $c->open_data('STOR up', 'pasv');
		Inftpd::Test::Client::write_all($end, 'x' x 100000);
		$c->expect('NOOP', 200, undef, 'an upload');
		$c->expect('STAT', 211);
		$c->raw("ABOR\r\n");
		$c->expect_reply(426);
		$c->expect_reply(226);
		$end->close(SSL_no_shutdown => 1);
		is(($c->stor('next', 'x'))[0], 226, 'the next one is well');
		$c->quit;
		$many->done;
	};

	subtest "require_ssl_reuse, $version" => sub {
		my $strict = server(require_ssl_reuse => 'YES');
		my $c = Inftpd::TLS->login($strict, 'alice', version => $version);
		my ($good, $resumed) = (0, 0);
		my $times = $Inftpd::Test::SLOW > 1 ? 20 : 150;
		my $open = 'pasv';
		for my $n (1 .. $times) {
			$good += ($c->stor('small', "text $n", $open))[0] eq 226;
			$resumed += $c->{resumed} // 0;
			$open = $open eq 'pasv' ? 'epsv' : $open eq 'epsv' ? 'port'
			    : $open eq 'port' ? 'eprt' : 'pasv';
			my ($bytes, $code) = $c->retr('small', $open);
			$good += $code eq 226 && $bytes eq "text $n";
			$resumed += $c->{resumed} // 0;
		}
		is($good, 2 * $times, 'transfer after transfer');
		is($resumed, 2 * $times, 'resumes, with a ticket used once');

		my $given = $c->{tls}{tickets}{given};
		my ($end) = $c->open_data('STOR new', 'pasv');
		is($c->{tls}{tickets}{given} - $given,
		    $version eq 'TLSv1_3' ? 1 : 0,
		    'a ticket with PASV, none on the data connection');
		$end->close(SSL_fast_shutdown => 1);
		$c->expect_reply(226);

		$c->{tls}{tickets}->forget;
		$c->pasv_port;
		$c->{tls}{tickets}->forget;
		my $refused = sub {
			my ($name, $c) = @_;
			my ($code, $text) = $c->stor('new', 'x');
			is($code, 522, $name);
			like($text, qr/must resume/, 'says why');
			like($c->log, qr/refused by require_ssl_reuse=YES/,
			    'and to the administrator, by which directive');
		};
		unlike($c->log, qr/require_ssl_reuse/, 'nothing was refused so far');
		# Tickets come with the reply to PASV: forget them all.
		no warnings 'redefine';
		local *Inftpd::TLS::Tickets::get_session = sub { return undef };
		$refused->('a data connection of its own', $c);
		is(($c->retr('new'))[1], 522, 'one for a download');
		ok($c->{goodbye}, 'ends with close_notify, not as if it broke');
		my $early = $c->pasv;
		$c->wrap($early);
		Inftpd::Test::Client::drain($early);
		ok(Inftpd::TLS::said_goodbye($early), 'so it is before the command');
		$c->expect('STOR new', 522, qr/must resume/, 'which is told why');
		$c->quit;
		$strict->done;
	};

	subtest "whose session, $version" => sub {
		my $strict = server(require_ssl_reuse => 'YES');
		my $listener = Inftpd::Test::Listener->start(
		    server(require_ssl_reuse => 'YES'));
		for my $how ($strict, $listener) {
			my $a = Inftpd::TLS->login($how, 'alice', version => $version);
			my $b = Inftpd::TLS->login($how, 'alice', version => $version);
			is(($a->stor('own', 'x'))[0], 226, ref($how) . ': its own');
			$a->pasv_port; # a ticket of this moment
			my $stolen = $a->{tls}{tickets}{kept}[-1];
			no warnings 'redefine';
			local *Inftpd::TLS::Tickets::get_session =
			    sub { return $stolen };
			is(($b->stor('other', 'x'))[0], 522,
			    "another session's is refused");
			$_->hang_up for $a, $b;
		}

		# A thief makes a session on a data connection, and resumes that.
		my $c = Inftpd::TLS->login($strict, 'alice', version => $version);
		my @own;
		my $end = $c->pasv;
		{
			no warnings 'redefine';
			local *Inftpd::TLS::Tickets::get_session =
			    sub { return undef };
			local *Inftpd::TLS::Tickets::add_session =
			    sub { push @own, $_[2]; return 1 };
			$c->expect('STOR first', 150);
			ok($c->wrap($end), 'makes one');
			$c->expect_reply(522, undef, 'the first is refused');
		}
		no warnings 'redefine';
		local *Inftpd::TLS::Tickets::get_session =
		    sub { return $own[-1] };
		is(($c->stor('second', 'x'))[0], 522,
		    'and one that resumes its session');
		$c->hang_up;
		$listener->stop;
		$strict->done;
	};

	subtest "cut off, $version" => sub {
		my $atomic = server(upload_atomic => 'YES');
		my $lax = server(strict_ssl_read_eof => 'NO');
		for my $size (0, 1, 16384, 300000) {
			my $c = Inftpd::TLS->login(
			    $atomic, 'alice', version => $version);
			my ($code, $text) = $c->send_file(
			    'STOR cut', substr($large, 0, $size), 'pasv', 1);
			is($code, 426, "$size bytes, no close_notify");
			ok(!grep({ !/^\./ } $atomic->names), 'no file is made');
			$c->quit;
			$c = Inftpd::TLS->login($lax, 'alice', version => $version);
			is(($c->send_file('STOR cut', substr($large, 0, $size),
			    'pasv', 1))[0], 226, 'strict_ssl_read_eof=NO is content');
			is(length($lax->content('cut')), $size, 'with all of it');
			$c->quit;
		}
		# In the middle of a record.
		my $c = Inftpd::TLS->login($atomic, 'alice', version => $version);
		my ($end) = $c->open_data('STOR cut', 'pasv');
		Inftpd::Test::Client::write_all($end, 'x' x 20000);
		POSIX::write(fileno $end, "\x17\x03\x03\x40\x00" . 'x' x 100, 105);
		$end->close(SSL_no_shutdown => 1);
		$c->expect_reply(426, undef, 'half a record');
		# What is no record at all.
		($end) = $c->open_data('STOR cut', 'pasv');
		POSIX::write(fileno $end, "\x17\x03\x03\x00\x40" . 'x' x 64, 69);
		$c->expect_reply(426, undef, 'a forged record');
		$end->close(SSL_no_shutdown => 1);
		# A reset.
		($end) = $c->open_data('STOR cut', 'pasv');
		Inftpd::Test::Client::write_all($end, 'x' x 20000);
		setsockopt $end, Socket::SOL_SOCKET, Socket::SO_LINGER,
		    pack 'ii', 1, 0;
		$end->close(SSL_no_shutdown => 1);
		$c->expect_reply(426, undef, 'a reset');
		ok(!grep({ !/^\./ } $atomic->names), 'no file is made');
		$c->quit;
		# With strict_ssl_read_eof=NO a reset stays one.
		$c = Inftpd::TLS->login($lax, 'alice', version => $version);
		($end) = $c->open_data('STOR reset', 'pasv');
		Inftpd::Test::Client::write_all($end, 'x' x 20000);
		setsockopt $end, Socket::SOL_SOCKET, Socket::SO_LINGER,
		    pack 'ii', 1, 0;
		$end->close(SSL_no_shutdown => 1);
		$c->expect_reply(426, undef, 'which strictness has no say in');
		$c->quit;
		$_->done for $atomic, $lax;
	};
}

subtest 'strict_ssl_write_shutdown' => sub {
	my $polite = server(strict_ssl_write_shutdown => 'YES');
	$polite->file('text', 'text');
	for my $version (@versions) {
		my $c = Inftpd::TLS->login($polite, 'alice', version => $version);
		my $before = Time::HiRes::time();
		is(($c->retr('text'))[1], 226, "$version: the goodbye is answered")
		    for 1 .. 5;
		cmp_ok(Time::HiRes::time() - $before, '<', 0.8 * $Inftpd::Test::SLOW,
		    'with no wait for more to send');
		my ($end) = $c->open_data('RETR text', 'pasv');
		is(Inftpd::Test::Client::drain($end), 'text', 'not answered:');
		$end->close(SSL_no_shutdown => 1);
		$c->expect_reply(426);
		$c->quit;
	}
	$polite->done;
};

subtest 'PROT C and back' => sub {
	my $open = server(force_local_data_ssl => 'NO');
	$open->file('text', 'text');
	my $c = Inftpd::TLS->login($open, 'alice');
	is(($c->retr('text'))[0], 'text', 'private');
	$c->expect('PROT C', 200);
	my $end = $c->pasv;
	$c->expect('RETR text', 150);
	is(Inftpd::Test::Client::drain($end), 'text', 'clear');
	$c->expect_reply(226);
	$c->expect('PROT P', 200);
	is(($c->retr('text'))[0], 'text', 'private again');
	# PASV before PROT P: what counts is the transfer.
	$c->expect('PROT C', 200);
	my $early = $c->pasv;
	$c->expect('PROT P', 200);
	$c->expect('RETR text', 150);
	ok($c->wrap($early), 'PROT after PASV counts');
	is(Inftpd::Test::Client::drain($early), 'text', 'too');
	$early->close;
	$c->expect_reply(226);
	$c->quit;
	$open->done;
};

# What the server sends does not fit the way at once, and the client says
# nothing until he has it all.
subtest 'a long chain before the command' => sub {
	my $long = "$dir/long.pem";
	Inftpd::Test::write_file($long,
	    Inftpd::Test::read_file($pair->{cert}) x 220);
	my $slow = server(rsa_cert_file => $long,
	    rsa_private_key_file => $pair->{key});
	$slow->file('text', 'text');
	my $c = Inftpd::TLS->login($slow, 'alice');
	$c->{tls}{tickets}->forget;
	my $port = $c->pasv_port;
	$c->{tls}{tickets}->forget;
	my $end = IO::Socket::IP->new(PeerHost => $c->address, PeerPort => $port,
	    Type => Socket::SOCK_STREAM, Sockopts => [
	    [Socket::SOL_SOCKET, Socket::SO_RCVBUF, 2304],
	    [Socket::IPPROTO_TCP, Socket::TCP_MAXSEG, 536]]);
	ok($c->wrap($end), 'the handshake comes to its end');
	ok(!Inftpd::TLS::resumed($end), 'with the chain');
	$c->expect('RETR text', 150);
	is(Inftpd::Test::Client::drain($end), 'text', 'and serves');
	$end->close(SSL_fast_shutdown => 1);
	$c->expect_reply(226);
	$c->quit;
	$slow->done;
};

# While a client's handshake is awaited; the log is not theirs to fill.
subtest 'strangers before the command' => sub {
	my $c = Inftpd::TLS->login($server, 'alice');
	my $port = $c->pasv_port;
	for (1 .. 120) {
		my $thief = $c->dial($port, '127.0.0.2');
		Inftpd::Test::Client::drain($thief);
	}
	my $end = $c->dial($port);
	ok($c->wrap($end), 'the client is served all the same');
	$c->expect('RETR text', 150);
	is(Inftpd::Test::Client::drain($end), "one\ntwo\n");
	$end->close(SSL_fast_shutdown => 1);
	$c->expect_reply(226);
	is(scalar(() = $c->log =~ /data-refused.*127\.0\.0\.2/g), 100,
	    'the log has heard of a hundred');
	$c->quit;
};

subtest 'handshakes that come to nothing' => sub {
	my $quick = server(accept_timeout => 1, connect_timeout => 1);
	$quick->file('text', 'text');
	my $hello = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
	my @waiting;
	for my $open (qw(pasv port)) {
		for my $bytes ('', $hello) {
			my $c = Inftpd::TLS->login($quick, 'alice');
			my $end = $c->$open;
			$c->expect('RETR text', 150);
			$end = $c->accept($end) if $open eq 'port';
			Inftpd::Test::Client::write_all($end, $bytes);
			push @waiting, [$c, $end];
		}
	}
	for my $waiting (@waiting) {
		my ($c, $end) = @$waiting;
		$c->expect_reply(425, undef, 'a stalled handshake meets a deadline');
		$c->quit;
	}
	my $c = Inftpd::TLS->login($quick, 'alice');
	for my $garbage ("\0" x 100, "GET / HTTP/1.0\r\n\r\n",
	    "\x16\x03\x01\xff\xff" . 'x' x 20000) {
		my $end = $c->pasv;
		$c->expect('STOR garbage', 150);
		Inftpd::Test::Client::write_all($end, $garbage);
		$c->expect_reply(522, undef, 'garbage for a handshake');
		ok(!defined $quick->content('garbage'), 'no file is made');
	}
	my $end = $c->pasv;
	$c->expect('RETR text', 150);
	close $end;
	$c->expect_reply(522, undef, 'none at all');
	$end = $c->pasv;
	$c->expect('RETR text', 150);
	$c->expect('NOOP', 200, undef, 'commands are heard in a handshake');
	$c->raw("ABOR\r\n");
	$c->expect_reply(426, undef, 'and ABOR');
	$c->expect_reply(226);
	$end = $c->pasv;
	$c->expect('RETR text', 150);
	$c->hang_up;
	$c->check;
	$quick->done;
};

subtest 'a client that waits in the middle' => sub {
	my $c = Inftpd::TLS->login($server, 'alice');
	my ($end) = $c->open_data('STOR waiting', 'pasv');
	Inftpd::Test::Client::write_all($end, 'x' x 20000);
	POSIX::write(fileno $end, "\x17\x03\x03\x40\x00" . 'x' x 100, 105);
	Time::HiRes::sleep(0.2);
	my $before = cpu_of($c->pid);
	Time::HiRes::sleep(0.5);
	cmp_ok(cpu_of($c->pid) - $before, '<', 20,
	    'half a record of an upload takes no time');
	$end->close(SSL_no_shutdown => 1);
	$c->expect_reply(426);

	# Tickets that are not taken, and commands that come nevertheless.
	my $socket = $c->socket;
	1 while defined syswrite $socket, "EPSV\r\n" x 100;
	ok(Inftpd::Test::wait_until(sub {
		my $before = cpu_of($c->pid);
		Time::HiRes::sleep(0.3);
		return cpu_of($c->pid) - $before < 10;
	}), 'nor does one who reads no replies');
	$c->hang_up;
	$c->check;
};

sub cpu_of {
	open my $stat, '<', "/proc/$_[0]/stat" or return 0;
	my @field = split ' ', <$stat> =~ s/^.*\) //r;
	return $field[11] + $field[12];
}

subtest 'rates' => sub {
	my $slow = server(local_max_rate => '200K');
	# The directive of a user's kind.
	my $bytes = substr $large, 0, 102400;
	$slow->file('file', $bytes);
	my $c = Inftpd::TLS->login($slow, 'alice');
	my $before = Time::HiRes::time();
	my ($got) = $c->retr('file');
	cmp_ok(Time::HiRes::time() - $before, '>', 0.3, 'a download is not faster');
	ok($got eq $bytes, 'and whole');
	$before = Time::HiRes::time();
	is(($c->stor('up', $bytes))[0], 226, 'an upload');
	cmp_ok(Time::HiRes::time() - $before, '>', 0.3, 'is not faster, either');
	ok($slow->content('up') eq $bytes, 'and whole');
	$c->quit;
	$slow->done;
};

subtest 'a small rate is smooth' => sub {
	my $slow = server(local_max_rate => '20000');
	$slow->file('file', substr $large, 0, 16000);
	my $c = Inftpd::TLS->login($slow, 'alice');
	my $before = Time::HiRes::time();
	my ($end) = $c->open_data('RETR file', 'pasv');
	my ($got, $ahead) = ('', 0);
	while (Inftpd::Test::Client::read_some($end, \$got)) {
		my $due = 20000 * (Time::HiRes::time() - $before + 0.06);
		$ahead++ if length $got > $due;
	}
	is(length $got, 16000, 'all of a file smaller than a record comes');
	is($ahead, 0, 'and no part before its time');
	$end->close;
	$c->expect_reply(226);
	$c->quit;
	$slow->done;
};

subtest 'a fast client' => sub {
	# More in one go than the server moves between two looks at poll().
	my $many = server();
	truncate $many->file('huge'), 64 << 20;
	my $c = Inftpd::TLS->login($many, 'alice',
	    SSL_cipher_list => 'ECDHE+AESGCM');
	my ($bytes, $code) = $c->retr('huge');
	is($code, 226, 'is served');
	is(length $bytes, 64 << 20, 'to the end');
	$c->quit;
	$many->done;
};

subtest 'the session ends under a transfer' => sub {
	for my $line ('RETR large', 'STOR gone') {
		my $c = Inftpd::TLS->login($server, 'alice');
		my ($end) = $c->open_data($line, 'pasv');
		$c->hang_up;
		is($c->exit_status, 0, "$line: the session ends with its client");
		$c->check;
	}
	my $c = Inftpd::TLS->login($server, 'alice');
	my ($end) = $c->open_data('STOR last', 'pasv');
	$c->raw("QUIT\r\n");
	Inftpd::Test::Client::write_all($end, 'text');
	$end->close(SSL_fast_shutdown => 1);
	$c->expect_reply(226);
	$c->expect_reply(221, undef, 'QUIT waits for the transfer');
	$c->check;
	is($server->content('last'), 'text', 'which is whole');
};

$server->done;
done_testing;
