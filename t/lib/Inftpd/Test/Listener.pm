package Inftpd::Test::Listener;

# Inftpd::Test::Listener - `inftpd --config DIR --listen', for the tests of it.
#
#     my $l = Inftpd::Test::Listener->start($server, conf => { ... });
#     my $c = $l->connect(address => '::1');
#     $l->stop;
#
# It runs with the private configuration of an Inftpd::Test and on a port that
# was free a moment ago.

use strict;
use warnings;

use IO::Socket::IP ();
use POSIX ();
use Socket ();

use Inftpd::Test ();
use Inftpd::Test::Client ();

my %running; # process id => listener

sub free_port {
	my $socket = IO::Socket::IP->new(LocalHost => '127.0.0.1',
	    LocalPort => 0, Listen => 1) or die "listen: $@";

	return $socket->sockport;
}

# conf: directives beside the test's own; options: of the program, "--listen"
# if not given; wrap: what starts it; prepare: called in the child.
sub start {
	my ($class, $server, %arg) = @_;
	my $port = $arg{port} // free_port();
	my $self = bless { server => $server, port => $port,
	    log => "$server->{dir}/listener." . ++$server->{count} }, $class;
	my @command = (@{ $arg{wrap} || [] }, Inftpd::Test::program(),
	    '--config', "$server->{dir}/conf",
	    @{ $arg{options} || ['--listen'] });

	$self->configure(%{ $arg{conf} || {} });
	$self->{pid} = fork // die "fork: $!";
	if ($self->{pid} == 0) {
		alarm 0;
		$SIG{PIPE} = 'DEFAULT';
		open STDIN, '<', '/dev/null';
		open STDERR, '>>', $self->{log} or POSIX::_exit(126);
		$arg{prepare}->($self) if $arg{prepare};
		exec @command or POSIX::_exit(127);
	}
	$running{$self->{pid}} = $self;
	return $self;
}

# A drop-in of the test's configuration.
sub configure {
	my ($self, %conf) = @_;

	$self->{server}->write_conf('conf.d/50-listener.conf',
	    { listen_port => $self->{port}, %conf });
}

sub log {
	my ($self) = @_;

	open my $file, '<', $self->{log} or return '';
	local $/;
	return scalar(<$file>) // '';
}

sub dial {
	my ($self, %arg) = @_;

	return IO::Socket::IP->new(PeerHost => $arg{address} // '127.0.0.1',
	    PeerPort => $arg{port} // $self->{port},
	    ($arg{from} ? (LocalHost => $arg{from}) : ()),
	    Type => Socket::SOCK_STREAM);
}

# A connection and its first reply: (client, code, text).
sub greeting {
	my ($self, %arg) = @_;
	my $socket;

	Inftpd::Test::wait_until(
	    sub { $socket = $self->dial(%arg) }, 10) or
	    die "connect: $@\n" . $self->log;
	my $c = Inftpd::Test::Listener::Client->new(
	    $self->{server}, $socket, undef, $self->{log});
	return ($c, $c->reply);
}

sub connect {
	my ($self, %arg) = @_;
	my ($c, $code, $text) = $self->greeting(%arg);

	die "greeted with $code $text\n" . $self->log if $code ne 220;
	return $c;
}

# Sends the signal, and waits for the end: the wait status.
sub stop {
	my ($self, $signal) = @_;

	kill $signal // 'TERM', $self->{pid};
	return $self->status;
}

# The wait status of one that ends by itself, or undef.
sub status {
	my ($self) = @_;
	my $status;

	Inftpd::Test::wait_until(sub {
		waitpid($self->{pid}, POSIX::WNOHANG()) == $self->{pid} or
		    return 0;
		$status = $?;
		return 1;
	}) or return undef;
	delete $running{$self->{pid}};
	return $status;
}

END {
	my $status = $?;

	for my $pid (keys %running) {
		kill 'KILL', Inftpd::Test::children_of($pid), $pid;
		waitpid $pid, 0;
	}
	$? = $status;
}

package Inftpd::Test::Listener::Client;

# A session that is the listener's child.
our @ISA = ('Inftpd::Test::Client');

sub check { $_[0]->hang_up }

1;
